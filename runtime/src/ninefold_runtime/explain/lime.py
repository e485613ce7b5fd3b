"""LIME for one row of a table: raw columns are changed, never codes made of them.

Numbers and datetimes move by normal noise of one standard deviation of the background, within the range that training
met. Everything else keeps its value half of the time, and else takes another one that the background has.
"""

from __future__ import annotations

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.rows import confined, deviation, ordered, others
from ninefold_runtime.explain.surrogate import ROUNDS, SAMPLES, Local, stand_ins
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

FARTHEST = 1e6
"""Deviations: who is further away than that has no neighbours, however far it is."""


def lime(
    asked: Asked, row: Arrays, *, samples: int = SAMPLES, rounds: int = ROUNDS, seed: int = 0
) -> tuple[Local, ...]:
    """Explain each output for one ``row`` (columns of one entry); asks the graph about samples x rounds rows."""
    units = np.array([_unit(asked, column, row[column.name]) for column in asked.schema.columns])

    def draw(rng: np.random.Generator) -> tuple[Array, Array]:
        changed, rows = np.zeros((samples, len(units))), {}
        for place, column in enumerate(asked.schema.columns):
            value = row[column.name][:1]
            if np.isnan(units[place]):
                rows[column.name], changed[:, place] = _exchanged(asked, column, value, samples, rng)
            else:
                rows[column.name], changed[:, place] = _moved(
                    asked, column, value, units[place] * rng.normal(size=samples)
                )
                changed[:, place] = np.clip(changed[:, place] / units[place], -FARTHEST, FARTHEST)
        return changed, asked.ask(rows)

    return stand_ins(asked.schema.names, draw, asked.ask(row)[0], units=units, rounds=rounds, seed=seed)


def _unit(asked: Asked, column: Column, value: Array) -> float:
    """The spread of a column that can move from its value; NaN of all others."""
    if not ordered(column) or absent(value[:1])[0]:
        return np.nan
    return deviation(asked.background.columns[column.name], asked.background.weights) or np.nan


def _moved(asked: Asked, column: Column, value: Array, by: Array) -> tuple[Array, Array]:
    """Values around ``value`` as they may occur, and how far from it they are."""
    by = np.rint(by).astype(np.int64) if column.kind == "datetime" else by
    values = confined(column, value + by, asked.background)
    return values, (values - value).astype(np.float64)


def _exchanged(
    asked: Asked, column: Column, value: Array, samples: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """The value or another one, and 0 or -1 for that."""
    choices = others(asked, column, value.tolist()[0])
    values = np.repeat(value, samples)
    if not choices:
        return values, np.zeros(samples)
    changed = rng.random(samples) < 0.5
    weights = np.array(list(choices.values()))
    drawn = rng.choice(len(choices), size=int(changed.sum()), p=weights / weights.sum())
    values[changed] = np.array(list(choices), value.dtype)[drawn]
    return values, -changed.astype(np.float64)
