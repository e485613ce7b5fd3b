"""Which raw columns each column of a view is made of: found by trying, whatever steps lie between."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.onnx import Session

SAMPLE = 5_000
"""Training rows that those to try are chosen among."""
TRIED, CELLS = 64, 20_000_000
"""Rows that are tried beside those with the oddest value of each column, and at least; numbers made in all, beyond
these, so that the cost has a bound."""


def lineage(view: Session, columns: Mapping[str, Array], clock: Clock, rng: np.random.Generator) -> Array:
    """[D, C]: the share of each of the view's C raw columns (`Session.inputs`) in each column of its matrix.

    One raw column at a time is taken from another row; what moves in the matrix depends on it. A column made of
    several raw ones is split evenly among them. A row of zeros: nothing moved it.

    Raises:
        Untold: when the clock runs out.
    """
    plain, donors = _pairs(view, columns, rng)
    usual = view.run(plain)["x"]
    moved = np.zeros((usual.shape[1], len(view.inputs)), bool)
    for place, name in enumerate(view.inputs):
        if clock.left <= 0:
            raise Untold("no time is left to try what the view's columns are made of")
        changed = view.run({**plain, name: donors[name]})["x"]
        same = (changed == usual) | (np.isnan(changed) & np.isnan(usual))
        moved[:, place] = ~same.all(axis=0)
    return np.asarray(moved / np.maximum(moved.sum(axis=1, keepdims=True), 1))


def _pairs(
    view: Session, columns: Mapping[str, Array], rng: np.random.Generator
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Rows, and as many others to take values from; each column of the view has its oddest value among these."""
    rows = len(next(iter(columns.values())))
    width = view.run({name: columns[name][:1] for name in view.inputs})["x"].shape[1]
    drawn = np.sort(rng.permutation(rows)[: min(SAMPLE, max(TRIED, CELLS // max(width, 1)))])
    few = {name: columns[name][drawn] for name in view.inputs}
    matrix = view.run(few)["x"]
    known = np.nan_to_num(matrix, nan=np.inf)
    with np.errstate(invalid="ignore"):
        oddest = np.nan_to_num(np.abs(known - np.median(known, axis=0)), nan=0.0).argmax(axis=0)
    most = max(TRIED, CELLS // max(width * len(view.inputs), 1))
    chosen = np.concatenate([np.unique(oddest), rng.integers(len(drawn), size=TRIED)])[:most]
    others = rng.integers(len(drawn), size=len(chosen))
    return {n: few[n][others] for n in view.inputs}, {n: few[n][chosen] for n in view.inputs}
