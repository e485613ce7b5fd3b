"""How rows are sealed for this problem, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ninefold.collect import seal
from ninefold.collect.labelled import Labelled
from ninefold.core.errors import ColumnError
from ninefold.core.problem import Problem
from ninefold.core.table import Array, fingerprints, one_number, target_columns

if TYPE_CHECKING:
    from polars import Series


@dataclass(frozen=True)
class Sealing:
    """``mask``: True for sealed rows, [N]. ``words``: how they were chosen."""

    mask: seal.Mask
    words: str
    notes: tuple[str, ...] = ()


def sealing_of(rows: Labelled, values: list[Series], problem: Problem) -> Sealing:
    """Sealed rows: last in time or in the text, whole groups, or at random, as the problem asks; seeded by the problem.

    Rows that agree in all ``values`` are copies of one another; ids, which tell copies apart, are not among them.

    Raises:
        ColumnError: NF-E208 when one class alone is left to learn from, NF-E210 when all rows are one group or moment.
    """
    if problem.task == "language-model":
        mask = seal.last_in_time(np.arange(len(rows.target)), problem.holdout)
        sealing = Sealing(mask, f"the last {_percent(mask)} of rows, as a text goes on from row to row")
    elif rows.times is not None:
        sealing = _by_time(rows.times, problem)
    elif rows.groups is not None:
        sealing = _by_group(rows, rows.groups, problem)
    else:
        sealing = _at_random(rows, values, problem)
    if problem.classes and len(np.unique(rows.target[~sealing.mask])) < 2:
        message = f'the rows to learn from have one value of "{problem.target}" only'
        raise ColumnError("NF-E208", message, hint="seal less (--holdout), or seal by another column")
    return sealing


def _by_time(times: Array, problem: Problem) -> Sealing:
    _refuse_one(len(np.unique(times)), "time", problem.time)
    mask = seal.last_in_time(times, problem.holdout)
    return Sealing(mask, f'the last {_percent(mask)} of rows by "{problem.time}"')


def _by_group(rows: Labelled, groups: Series, problem: Problem) -> Sealing:
    _refuse_one(groups.n_unique(), "group" if problem.group else "context", problem.together)
    rng = np.random.default_rng(problem.seed)
    codes = groups.rank("dense").to_numpy()
    numbers = np.zeros(len(codes)) if rows.target.dtype.kind == "O" else one_number(rows.target)
    mask = seal.by_group(numbers, codes, problem.holdout, by_class=bool(problem.classes), rng=rng)
    what = "groups" if problem.group else "passages"
    return Sealing(mask, f'whole {what} of "{problem.together}", {_percent(mask)} of rows')


def _at_random(rows: Labelled, values: list[Series], problem: Problem) -> Sealing:
    rng = np.random.default_rng(problem.seed)
    copies, notes = _copies(values, rows.target)
    mask = seal.at_random(rows.target, copies, problem.holdout, by_class=bool(problem.classes), rng=rng)
    how = "drawn from each class" if problem.classes else "drawn at random"
    return Sealing(mask, f"{_percent(mask)} of rows, {how}", notes)


def _copies(values: list[Series], target: Array) -> tuple[Array, tuple[str, ...]]:
    """Per row, the place of the first row that equals it, and what to say about rows that occur more than once."""
    import polars as pl

    hashed = {f"c{i}": _hashed(series) for i, series in enumerate(values)}
    table = pl.DataFrame(hashed | target_columns(target))
    _, first, distinct = np.unique(table.hash_rows().to_numpy(), return_index=True, return_inverse=True)
    repeated = table.height - len(first)
    if not repeated or not values:
        return np.arange(table.height), ()
    if repeated > seal.COPIES * table.height:
        note = f"{repeated:,} rows equal another row, as few different rows are possible: they are drawn one by one"
        return np.arange(table.height), (note,)
    return first[distinct], (f"{repeated:,} rows are exact copies of another: kept, copies always on the same side",)


def _hashed(values: Series) -> Series:
    """What equals where values do; arrays have a number each."""
    import polars as pl

    return pl.Series(fingerprints(values.to_numpy())) if isinstance(values.dtype, pl.Array) else values


def _refuse_one(different: int, option: str, name: str | None) -> None:
    if different < 2:
        message = f'--{option}: all rows have one value in "{name}"'
        raise ColumnError("NF-E210", message, hint=f"choose another column, or leave --{option} out")


def _percent(mask: seal.Mask) -> str:
    return f"{100 * mask.mean():.3g} %"
