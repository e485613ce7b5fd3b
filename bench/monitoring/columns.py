"""Twenty columns that are hard on monitors, and a bundle that remembers rows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.bundle import SKETCHES, Bundle, File, Manifest
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import Sketches, sketch_columns

Array = NDArray[np.generic]
Draw = Callable[[int], Array]
MISSING = 0.05
LISTED = 50
"""Levels that a schema lists at most."""


def sources(rng: np.random.Generator) -> dict[str, Draw]:
    """Light and heavy tails, ties, atoms, two humps, 2 to 500 levels; one value in twenty is missing."""
    numbers: dict[str, Draw] = {
        "normal": rng.standard_normal,
        "exponential": rng.standard_exponential,
        "t with 1.5 degrees": lambda n: rng.standard_t(1.5, n),
        "lognormal": lambda n: rng.lognormal(0, 2, n),
        "counts": lambda n: rng.poisson(1.2, n).astype(float),
        "coin": lambda n: rng.integers(0, 2, n).astype(float),
        "atom": lambda n: np.where(rng.random(n) < 0.6, 0.0, rng.lognormal(3, 1, n)),
        "two humps": lambda n: rng.choice([-50.0, 50.0], n) + rng.standard_normal(n),
        "rounded": lambda n: np.round(rng.normal(40, 12, n)),
        "pareto": lambda n: rng.pareto(1.1, n),
    }
    levels = {
        f"{count} levels, {'even' if power == 0 else 'Zipf'}": partial(_levels, rng, count, power)
        for count in (2, 5, 20, 100, 500)
        for power in (0.0, 1.2)
    }
    return {name: partial(_gaps, rng, draw) for name, draw in (numbers | levels).items()}


def _levels(rng: np.random.Generator, count: int, power: float, rows: int) -> Array:
    """Zipf-like shares: 1 / rank ** power."""
    share = np.arange(1, count + 1) ** -power
    names = np.array([f"level {i}" for i in range(count)], object)
    return names[np.searchsorted(np.cumsum(share / share.sum())[:-1], rng.random(rows))]


def _gaps(rng: np.random.Generator, draw: Draw, rows: int) -> Array:
    values = draw(rows)
    return np.where(rng.random(rows) < MISSING, "" if values.dtype == object else np.nan, values)


def drawn(draws: Mapping[str, Draw], rows: int) -> dict[str, Array]:
    return {name: draw(rows) for name, draw in draws.items()}


def remembering(arrays: Mapping[str, Array]) -> Bundle:
    """A bundle without a graph whose training rows were these."""
    columns = tuple(_column(name, values) for name, values in arrays.items())
    schema = Schema(columns=columns, target=Target(name="y", task="regression"))
    rows = len(next(iter(arrays.values())))
    sketches = Sketches(rows=rows, columns=sketch_columns(schema, dict(arrays)))
    return bundled(schema, sketches)


def bundled(schema: Schema, sketches: Sketches) -> Bundle:
    return Bundle(Path(), Manifest(1, {SKETCHES: File("", 0)}), schema, b"", sketches)


def _column(name: str, values: Array) -> Column:
    if values.dtype != object:
        return Column(name=name, kind="number", minimum=float(np.nanmin(values)), maximum=float(np.nanmax(values)))
    levels, counts = np.unique(values[values != ""].astype(str), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:LISTED]
    return Column(name=name, kind="category", levels=tuple(levels[order].tolist()), distinct=len(levels))
