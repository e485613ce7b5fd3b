"""What Shapley values over sealed rows look like: shares of columns, how they depend on values, three rows told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.explained import Dependence, Explained
from ninefold.core.section import Cell, Figure, Series, Table
from ninefold.core.words import cell

EPSILON = 1e-16
SHOWN, LEVELS, FEWEST = 15, 8, 3
"""Columns and levels that are shown, and rows that a level must have."""


def figures(explained: Explained | None) -> Iterator[Figure]:
    if explained is None:
        return
    yield _shares(explained)
    for dependence in explained.dependences:
        yield _dependence(explained, dependence)


def tables(explained: Explained | None) -> Iterator[Table]:
    if explained is None or not explained.told:
        return
    rows: tuple[tuple[Cell, ...], ...] = tuple((t.why, t.says, t.truth, t.reasons) for t in explained.told)
    headings = ("row", "the model says", "truth", "because")
    yield Table("Three sealed rows, explained", headings, rows, wide=True, topic="explanation")


def text(explained: Explained | None) -> tuple[str, ...]:
    if explained is None:
        return ()
    bases = ", ".join(f"{cell(base)} for {name}" for name, base in zip(explained.outputs, explained.base, strict=True))
    off = f"{max(explained.off, EPSILON):.0e}"
    return (
        f"SHAP values start from what the graph says of made-up rows that stand for the training rows: {bases}. For "
        f"each of {explained.rows} sealed rows base and contributions add up to the graph's answer, to {off}; the "
        f"standard error of one row's value is {cell(explained.error)} at most. They say what the model does, not what "
        "causes what.",
    )


def _shares(explained: Explained) -> Figure:
    top = explained.shares[:SHOWN]
    names, means = tuple(share.column for share in top), tuple(share.mean for share in top)
    series = Series("SHAP", names, means, tuple(s.low for s in top), tuple(s.high for s in top))
    title = f"{names[0]} moves the answers most" if means and means[0] else "No column moves the answers"
    note = f"Mean size of SHAP values over {explained.rows} sealed rows, against {explained.background} made-up ones."
    return Figure("bars", title, (series,), f"mean |SHAP|, {explained.scale}", note=note, topic="explanation")


def _dependence(explained: Explained, dependence: Dependence) -> Figure:
    of = f"adds to {explained.spoken}"
    title = f"What {dependence.column} {of}"
    if all(isinstance(x, float) for x in dependence.x):
        series = Series(dependence.column, dependence.x, dependence.y)
        return Figure("scatter", title, (series,), dependence.column, f"SHAP, {explained.scale}", topic="explanation")
    note = "Mean over the rows of each level, and the range of 80 % of them."
    series = _levels(dependence)
    return Figure("intervals", title, (series,), f"SHAP, {explained.scale}", note=note, topic="explanation")


def _levels(dependence: Dependence) -> Series:
    by_level: dict[str, list[float]] = {}
    for x, y in zip(dependence.x, dependence.y, strict=True):
        by_level.setdefault(str(x), []).append(y)
    most = sorted((level for level, ys in by_level.items() if len(ys) >= FEWEST), key=lambda x: -len(by_level[x]))
    kept = most[:LEVELS] or list(by_level)[:LEVELS]
    kept.sort(key=lambda level: -float(np.mean(by_level[level])))
    low, high = ([float(np.quantile(by_level[level], q)) for level in kept] for q in (0.1, 0.9))
    return Series(
        dependence.column, tuple(kept), tuple(float(np.mean(by_level[x])) for x in kept), tuple(low), tuple(high)
    )
