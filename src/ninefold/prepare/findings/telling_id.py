"""NF311: an identifier that tells the target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Array
from ninefold.prepare.seen import Seen

TELLING = {"regression": 0.2}
CHANCE = 0.7
LEAST = 100
_DIGITS = re.compile(r"\d{1,15}$|\d{1,15}")


@dataclass(frozen=True)
class TellingId:
    about: ClassVar[About] = About(
        "NF311",
        "An identifier tells the answer",
        means="The number of the row goes with the target: rows were numbered by outcome, by group, or over a time in "
        "which the target has changed. Identifiers are not learned from, but other columns may carry the same order.",
        how=f"The number in the identifier alone, in {LEAST} rows or more, tells the target out of fold with an AUC of "
        f"{CHANCE} or more (R² {TELLING['regression']}).",
        action="Find out how rows were numbered. If in time, name the time (--time), so that later rows are sealed; "
        "if by outcome, look for other columns made in the same go.",
        mistaken="Tables that were sorted by the target and numbered afterwards: then nothing is wrong.",
        questions=(7,),
    )

    def find(self, seen: Seen) -> Finding | None:
        rows = seen.rows
        named = [column.name for column in seen.dataset.columns if column.kind == "id"]
        if len(rows) < LEAST or not seen.targets:
            return None
        numbers = {name: found for name in named if (found := _numbers(rows.columns[name])) is not None}
        told = {n: v for n, v in seen.strongest(numbers).items() if v >= TELLING.get(seen.task, CHANCE)}
        if not told:
            return None
        evidence = ", ".join(f"{name} alone: {seen.measure} {value:.3f}" for name, value in told.items())
        action = "Find out how rows were numbered; if in time, name the time with --time."
        return self.about.finding(evidence, action, columns=tuple(told))


def _numbers(values: Array) -> Array | None:
    """The last number in each identifier; None where one has none."""
    if values.dtype.kind != "O":
        return values.astype(np.float64)
    found = [_DIGITS.findall(value) for value in values.tolist()]
    return np.array([float(each[-1]) for each in found]) if all(found) else None
