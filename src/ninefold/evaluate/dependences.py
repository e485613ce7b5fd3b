"""How answers follow the most important columns, asked of sealed rows: PDP, ICE and ALE through the graph."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from ninefold.core.behaviour import Followed
from ninefold.core.clock import Clock
from ninefold.core.problem import Problem
from ninefold.core.table import Array, Rows
from ninefold.evaluate.answers import Graph, ask
from ninefold_runtime.explain.ale import accumulated
from ninefold_runtime.explain.asked import Arrays, Asked, Background
from ninefold_runtime.explain.asking import outputs_of
from ninefold_runtime.explain.dependence import partial_dependence
from ninefold_runtime.explain.rows import VARYING
from ninefold_runtime.schema import Column, Schema

ROWS, POINTS, MOST = 150, 15, 5
"""Sealed rows that are asked about, places per column, and columns."""
_YEAR = 365.2425 * 86_400 * 1e6
"""Microseconds, in the mean."""


def asked_about(graph: Graph, rows: Rows, problem: Problem, schema: Schema, rng: np.random.Generator) -> Asked:
    """The graph with some of the sealed rows as its background."""
    some = rows.take(np.sort(rng.choice(len(rows), size=min(ROWS, len(rows)), replace=False)))

    def said(arrays: Arrays) -> Array:
        count = len(next(iter(arrays.values())))
        return ask(graph, arrays, np.zeros(count), problem).predictions

    return Asked(schema, said, outputs_of(schema.target), Background(some.columns, np.full(len(some), 1 / len(some))))


def dependences(asked: Asked, names: Sequence[str], problem: Problem, clock: Clock) -> tuple[Followed, ...]:
    """The first of ``names`` that vary, as many as time allows; of each the output that moves most, or the positive
    class."""
    by_name = {column.name: column for column in asked.schema.columns}
    started = time.monotonic()
    level = asked.ask(asked.background.columns)
    took = (time.monotonic() - started) * (POINTS + 2)
    found: list[Followed] = []
    for name in names:
        if len(found) == MOST or clock.left < took:
            break
        if by_name[name].kind in VARYING:
            started = time.monotonic()
            found += _followed(asked, by_name[name], level, problem)
            took = max(took, time.monotonic() - started)
    return tuple(found)


def _followed(asked: Asked, column: Column, level: Array, problem: Problem) -> list[Followed]:
    """One entry, or none where the column has one value; ``level`` [N, K]: the answers about the rows as they are."""
    dependence = partial_dependence(asked, column, points=POINTS)
    if len(dependence.places) < 2:
        return []
    effect = accumulated(asked, column, points=POINTS)
    spoken = _spoken(problem, np.ptp(dependence.mean, axis=0), level)
    low, high = dependence.band(spoken)
    return [
        Followed(
            column=column.name,
            output=asked.outputs[spoken],
            places=_places(column, dependence.places),
            mean=tuple(dependence.mean[:, spoken].tolist()),
            low=tuple(low.tolist()),
            high=tuple(high.tolist()),
            effect_places=_places(column, effect.places),
            effect=tuple((effect.effect[:, spoken] + level[:, spoken].mean()).tolist()),
        )
    ]


def _spoken(problem: Problem, moved: Array, level: Array) -> int:
    """The output to show: the positive class, the middle quantile, else the one that moves most; of several targets,
    which have units of their own, by how much its answers differ at all."""
    if problem.task == "binary":
        return 1
    if problem.quantiles:
        return len(problem.quantiles) // 2
    return int((moved / (level.std(axis=0) + 1e-300) if problem.several else moved).argmax())


def _places(column: Column, values: Array) -> tuple[float | str, ...]:
    """Datetimes as years with a fraction, so that they can stand on an axis; yes and no of booleans."""
    if column.kind == "datetime":
        return tuple((1970 + values / _YEAR).tolist())
    if column.kind == "boolean":
        return tuple("yes" if value else "no" for value in values)
    return tuple(values.tolist())
