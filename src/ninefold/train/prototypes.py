"""Made-up rows that stand for the training rows in explanations: summaries of groups, and no training row.

Training rows are put into groups of rows that are alike, within classes or bands of the target. A group makes one row:
each number is the mean of a few neighbours in the group (microaggregation, Domingo-Ferrer and Mateo-Sanz 2002), each
level one that is common; cells are drawn column by column, so that columns keep their spread and no row its
combination. What equals a training row by chance is drawn again, and dropped where that does not help, unless as many
rows share it as a group must have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array, Dataset, Rows, one_number
from ninefold.metrics._alike import axes
from ninefold.train.cells import split
from ninefold_runtime.background import Prototypes
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import DTYPE, NO_TIME, absent, cells

MOST = 200
LEAST = 5
"""Rows that every cell of a made-up row summarises, and that must share a combination for it to be no one's."""
BANDS = 10
"""Bands of a target that is a number."""
ENTRIES, ROWS, FEWEST = 2_000_000, 20_000, 1_000
"""Cells and rows of the training table that are looked at, at most; but rows at least."""
AGAIN = 3
"""Times that a coincidence is drawn again."""
DAY = 86_400_000_000


def save_prototypes(problem: Problem, dataset: Dataset, names: Sequence[str], path: Path) -> Path | None:
    """Write what `prototypes` makes; None where it makes nothing."""
    made = prototypes(problem, dataset, names)
    if made is None:
        return None
    write_whole(path, msgspec.json.encode(made))
    return path


def prototypes(problem: Problem, dataset: Dataset, names: Sequence[str]) -> Prototypes | None:
    """At most `MOST` made-up rows of these columns, with weights that sum to 1; None where none can be made."""
    rng = np.random.default_rng([problem.seed, 62])
    columns = [dataset.column(name) for name in names]
    if any(column.kind == "image" for column in columns):  # a mean of images is no image, and one image is somebody's
        return None
    count = int(np.clip(ENTRIES // max(len(columns), 1), FEWEST, ROWS))
    sample = dataset.rows.take(np.sort(rng.permutation(dataset.train_rows)[:count]))
    arrays = {column.name: sample.columns[column.name] for column in columns}
    groups = split(axes(columns, list(arrays.values())), _strata(problem, sample), MOST, LEAST)
    target = one_number(sample.target)
    groups.sort(key=lambda rows: float(target[rows].mean()))  # so that every n-th row stands for the whole as well
    made = _drawn(columns, arrays, groups, rng)
    chance = no_ones(made, dataset.rows.columns)
    for _ in range(AGAIN):
        if not chance.any():
            break
        again = _drawn(columns, arrays, [groups[g] for g in np.flatnonzero(chance)], rng)
        for name, values in again.items():
            made[name][chance] = values
        chance[chance] = no_ones(again, dataset.rows.columns)
    if chance.all():
        return None
    weights = np.array([len(group) for group in groups], float)[~chance]
    return Prototypes.of({name: values[~chance] for name, values in made.items()}, weights / weights.sum())


def _drawn(
    columns: Sequence[Column], arrays: Mapping[str, Array], groups: Sequence[Array], rng: np.random.Generator
) -> dict[str, Array]:
    """One row for each group, as wired columns."""
    return {column.name: _column(column, arrays[column.name], groups, rng) for column in columns}


def _strata(problem: Problem, rows: Rows) -> list[Array]:
    """Positions of the rows of each class, or of each band of the target, where these have rows enough."""
    bands = rows.target
    if rows.target.ndim == 2 or not problem.classes:
        values = one_number(rows.target)
        bands = np.searchsorted(np.quantile(values, np.linspace(0, 1, BANDS + 1)[1:-1]), values)
    found = [np.flatnonzero(bands == band) for band in np.unique(bands)]
    large = [rows for rows in found if len(rows) >= LEAST]
    return large if 0 < len(large) <= MOST else [np.arange(len(rows))]


def _column(column: Column, values: Array, groups: Sequence[Array], rng: np.random.Generator) -> Array:
    """One cell for each group, in the column's wire form."""
    if column.kind in {"number", "boolean", "datetime"}:
        grain = _grain(column, values)
        drawn = [_number(column, values[group], rng, grain) for group in groups]
        return np.array(drawn, DTYPE[column.wire])
    if column.kind == "series":
        return np.stack([_mean_series(values[group]) for group in groups])
    if column.kind != "category":
        return np.repeat(cells(column, [column.example]), len(groups), axis=0)
    levels, counts = np.unique(values.astype(str), return_counts=True)
    common = set(levels[counts >= LEAST].tolist())
    return np.array([_level(values[group], common, rng) for group in groups], object)


def _mean_series(values: Array) -> Array:
    """[T]: the mean of the group's series where `LEAST` of them have a value, nothing elsewhere."""
    there = np.isfinite(values)
    count = there.sum(axis=0)
    with np.errstate(over="ignore"):
        means = np.where(there, values, 0.0).sum(axis=0) / np.maximum(count, 1)
    return np.where((count >= LEAST) & np.isfinite(means), means, np.nan)


def _grain(column: Column, values: Array) -> float:
    """What every known value is a multiple of, 1 or a day, so that made-up ones are so too; 0 where there is none."""
    known = values[~absent(values)]
    grain = DAY if column.wire == "time" else 1
    return grain if (known % grain == 0).all() else 0


def _number(column: Column, values: Array, rng: np.random.Generator, grain: float) -> float | int:
    """The mean of `LEAST` neighbours or more, or nothing, as often as the group has it."""
    known = np.sort(values[~absent(values)])
    if len(known) < LEAST or rng.random() >= len(known) / len(values):
        return float("nan") if column.wire == "number" else int(NO_TIME)
    run = known[_neighbours(len(known), rng)]
    middle = float(run[0]) + float((run - run[0]).mean())
    if column.kind == "boolean":
        return float(rng.random() < middle)
    rounded = round(middle / grain) * grain if grain else middle
    return int(rounded) if column.wire == "time" else float(rounded)


def _neighbours(count: int, rng: np.random.Generator) -> slice:
    """One of the runs of `LEAST` to twice as many that ``count`` sorted values fall into."""
    edges = np.linspace(0, count, count // LEAST + 1).astype(int)
    run = int(rng.integers(len(edges) - 1))
    return slice(edges[run], edges[run + 1])


def _level(values: Array, common: set[str], rng: np.random.Generator) -> str:
    """A level as often as the group has it, of those that are common in the table; nothing where there is none."""
    known = [value for value in values.tolist() if value in common]
    return str(known[rng.integers(len(known))]) if known else ""


def no_ones(made: Mapping[str, Array], rows: Mapping[str, Array]) -> Array:
    """[B] booleans: which made-up rows are some training row's, without being shared by `LEAST` of them."""
    wanted: dict[tuple[object, ...], int] = dict.fromkeys(_keys(list(made.values())), 0)
    alive = np.arange(len(next(iter(rows.values()))))
    # Columns of numbers go first: they leave few rows to look at.
    for name in sorted(made, key=lambda name: made[name].dtype.kind == "O"):
        alive = alive[_among(rows[name][alive], made[name])]
    for key in _keys([rows[name][alive] for name in made]):
        if key in wanted:
            wanted[key] += 1
    return np.array([0 < wanted[key] < LEAST for key in _keys(list(made.values()))])


def _among(values: Array, known: Array) -> Array:
    if values.ndim > 1:
        whole = set(_row_keys(known))
        return np.array([key in whole for key in _row_keys(values)], np.bool_)
    if values.dtype.kind == "O":
        words = set(known.tolist())
        return np.array([value in words for value in values.tolist()], np.bool_)
    return np.isin(values, known) | (absent(values) & absent(known).any())


def _keys(columns: Sequence[Array]) -> list[tuple[object, ...]]:
    """One tuple for each row; missing numbers, which equal nothing, are None in it."""
    return list(zip(*map(_row_keys, columns), strict=True))


def _row_keys(column: Array) -> list[object]:
    """One for each cell; of series its bytes."""
    if column.ndim > 1:
        return [cell.tobytes() for cell in np.where(np.isnan(column), np.nan, column)]
    return [None if gone else value for value, gone in zip(column.tolist(), absent(column), strict=True)]
