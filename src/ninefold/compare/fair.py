"""The rows that are fair to judge on: those with a truth, and new to both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.compare.contender import Contender, Labelled
from ninefold.compare.seen import seen
from ninefold.compare.terms import UNSEEN, coded, truth_of
from ninefold.compare.warnings import memories, sealed_again
from ninefold.core.errors import ColumnError
from ninefold.core.section import Finding
from ninefold.core.table import Array
from ninefold_runtime.schema import Target


@dataclass(frozen=True)
class Fair:
    """The rows to judge on with their truth ``y``; how many others there are, by reason; what to know of it."""

    rows: Labelled
    y: Array
    left_out: dict[str, int]
    findings: tuple[Finding, ...]


def fair_rows(a: Contender, b: Contender, data: Labelled, target: Target) -> Fair:
    """The rows with a truth that neither contender has learned from.

    Raises:
        ColumnError: NF-E201 when the target is no column, NF-E207 when fewer than two rows are left.
    """
    labelled, y, left_out = _with_truth(data, target)
    remembered, findings = np.zeros(len(y), bool), list(sealed_again((a, b), data.digest, data.name))
    for contender in (a, b):
        found = seen(contender, labelled.table, y, target, data.digest)
        findings += memories(contender, found, data.digest, data.name)
        if found is not None and found.certain:
            why = f"{contender.name} learned from it"
            left_out[why] = left_out.get(why, 0) + int((found.rows & ~remembered).sum())
            remembered |= found.rows
    left_out = {why: count for why, count in left_out.items() if count}
    if remembered.sum() > len(y) - 2:
        why = "; ".join(f"{count:,} rows: {why}" for why, count in left_out.items())
        message = f"{data.name} has no rows to judge on ({why or 'it is too short'})"
        raise ColumnError("NF-E207", message, hint="give labelled rows that neither model has learned from")
    fresh = np.flatnonzero(~remembered)
    return Fair(labelled.take(fresh), y[fresh], left_out, tuple(findings))


def _with_truth(data: Labelled, target: Target) -> tuple[Labelled, Array, dict[str, int]]:
    """The rows that have one, the truth, and the rows that have none, by reason."""
    truth = truth_of(target, data.table, data.name)
    wide = truth.reshape(len(truth), -1)
    gone = np.isnan(wide)
    reasons = {"no target": gone.all(axis=1) if target.choices else gone.any(axis=1)}
    if target.classes or target.labels:
        reasons["a label that neither model knows"] = (wide == UNSEEN).any(axis=1)
    index = np.flatnonzero(~np.logical_or.reduce(list(reasons.values())))
    left_out = {why: int(mask.sum()) for why, mask in reasons.items()}
    return data.take(index), coded(target, truth[index]), left_out
