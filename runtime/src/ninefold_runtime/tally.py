"""New rows counted over the cells of a sketch: all that is kept of them, and counts of two sets of rows add up.

`Watched.cells` says in which cell each row falls; `Watched.tally` counts them; `merged` adds two tallies. The time is
one pass over the rows, the memory that of the cells.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.schema import Column
from ninefold_runtime.sketch import LEAST, Levels, Numbers, Sketch, Stamps
from ninefold_runtime.wire import Coded, absent, text

Array = NDArray[Any]
Key = tuple[str, bool]
"""The name of a column, and whether it is a score: both may have one name."""
MISSING = -1
"""The cell of rows without a value."""
NAMES = 50
"""So many levels that are new are told apart; the others are only counted."""


class Moments(msgspec.Struct, frozen=True):
    """Of ``rows`` finite values the mean and the sum of squared deviations from it; nothing where these are too large
    to write."""

    rows: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @property
    def deviation(self) -> float:
        return math.sqrt(self.squares / self.rows)

    def told(self) -> tuple[float, float] | tuple[None, None]:
        """Mean and deviation, None where there is none."""
        return (self.mean, self.deviation) if self.rows else (None, None)


class NumberTally(msgspec.Struct, frozen=True, tag="numbers"):
    """``counts`` by bin of the sketch; ``below`` and ``above`` are rows outside the range of training."""

    counts: tuple[int, ...]
    missing: int = 0
    below: int = 0
    above: int = 0
    moments: Moments = Moments()

    @property
    def present(self) -> int:
        return sum(self.counts)


class LevelTally(msgspec.Struct, frozen=True, tag="levels"):
    """``counts`` by listed level of the sketch, in its order, and of all others last. ``unseen`` of these are levels
    that neither sketch nor schema lists, ``strangers`` at most `NAMES` of them with their rows."""

    counts: tuple[int, ...]
    missing: int = 0
    unseen: int = 0
    strangers: dict[str, int] = {}

    @property
    def present(self) -> int:
        return sum(self.counts)

    @property
    def unlisted(self) -> int:
        return self.counts[-1]


class StampTally(msgspec.Struct, frozen=True, tag="stamps"):
    present: int
    missing: int = 0


Tally = NumberTally | LevelTally | StampTally


class _Places(dict[str, int]):
    """Cells by level; what is not listed falls into the last."""

    rest = 0

    def __missing__(self, level: str) -> int:
        return self.rest


@dataclass(frozen=True)
class Watched:
    """One column, or one score of the graph, made ready for counting.

    ``known``: levels that are not new even where the sketch does not list them. ``low`` and ``high``: the range of
    training, where it is known.
    """

    name: str
    sketch: Sketch
    known: frozenset[str] = frozenset()
    low: float = -math.inf
    high: float = math.inf
    lengths: bool = False
    """Whether the numbers are the lengths of texts."""
    gaps: bool = False
    """Whether values may be missing."""
    score: bool = False
    """Whether it is what the graph says and not what it is asked."""

    @classmethod
    def of(cls, column: Column, sketch: Sketch) -> Watched:
        """An input of the graph."""
        measured = isinstance(sketch, Numbers) and column.wire == "number"
        low = column.minimum if measured else None
        high = column.maximum if measured else None
        return cls(
            column.name,
            sketch,
            frozenset(column.levels),
            -math.inf if low is None else low,
            math.inf if high is None else high,
            lengths=isinstance(sketch, Numbers) and column.wire == "text",
            gaps=True,
        )

    @property
    def key(self) -> Key:
        return self.name, self.score

    @property
    def ranged(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def width(self) -> int:
        """How many cells there are."""
        if isinstance(self.sketch, Stamps):
            return 1
        return len(self.sketch.counts) + isinstance(self.sketch, Levels)

    def numbers(self, array: Array) -> NDArray[np.float64]:
        """[N] values, or lengths of texts, NaN where missing."""
        if not self.lengths:
            return np.asarray(array, np.float64)
        sizes = np.fromiter(map(len, array.tolist()), np.float64, len(array))
        return np.where(sizes == 0, np.nan, sizes)

    def cells(self, array: Array) -> NDArray[np.intp]:
        """[N] the cell of each row of a wired column, `MISSING` where there is no value."""
        if isinstance(self.sketch, Stamps):
            return np.where(absent(array), MISSING, 0).astype(np.intp)
        if isinstance(self.sketch, Levels):
            return np.fromiter(map(self._places.__getitem__, array.tolist()), np.intp, len(array))
        values = self.numbers(array)
        return np.where(np.isnan(values), MISSING, np.searchsorted(self._edges, values, side="left"))

    def coded_cells(self, column: Coded) -> NDArray[np.intp]:
        """[N] `cells` of a column of levels that came as codes: each different level is looked up once."""
        levels = np.array([*map(text, column.values), ""], object)
        return np.asarray(self.cells(levels)[column.codes])

    def outside(self, array: Array) -> NDArray[np.bool_]:
        """[N] which values lie outside the range of training, none where that is not known."""
        if not self.ranged:
            return np.zeros(len(array), np.bool_)
        return np.asarray((array < self.low) | (array > self.high), np.bool_)

    def tally(self, array: Array, cells: NDArray[np.intp] | None = None) -> Tally:
        """The rows of a wired column, counted; ``cells`` where they are known already."""
        cells = self.cells(array) if cells is None else cells
        counts = np.bincount(cells + 1, minlength=self.width + 1).tolist()
        missing, there = counts[0], tuple(counts[1:])
        if isinstance(self.sketch, Stamps):
            return StampTally(sum(there), missing)
        if isinstance(self.sketch, Levels):
            strangers = self._strangers(array[cells == self.width - 1]) if there[-1] else Counter[str]()
            return LevelTally(there, missing, strangers.total(), dict(strangers.most_common(NAMES)))
        values = self.numbers(array)
        below, above = (int(np.count_nonzero(x)) for x in (values < self.low, values > self.high))
        return NumberTally(there, missing, below, above, moments_of(values))

    def nothing(self) -> Tally:
        """The tally of no row."""
        if isinstance(self.sketch, Stamps):
            return StampTally(0)
        return (LevelTally if isinstance(self.sketch, Levels) else NumberTally)((0,) * self.width)

    def _strangers(self, unlisted: Array) -> Counter[str]:
        return Counter(level for level in unlisted.tolist() if level not in self.known)

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        assert isinstance(self.sketch, Numbers)
        return np.array(self.sketch.edges, np.float64)

    @cached_property
    def _places(self) -> _Places:
        assert isinstance(self.sketch, Levels)
        places = _Places({level: place for place, level in enumerate(self.sketch.counts)})
        places.rest = len(places)
        places[""] = MISSING
        return places


def moments_of(values: NDArray[np.float64]) -> Moments:
    """Of the finite ones of [N] values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Moments()
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(finite.mean())
        squares = float(((finite - mean) ** 2).sum())
    return _written(Moments(len(finite), mean, squares))


def _written(moments: Moments) -> Moments:
    return moments if math.isfinite(moments.mean) and math.isfinite(moments.squares) else Moments()


def merged(a: Tally, b: Tally) -> Tally:
    """The tally of both sets of rows, counted over the same cells."""
    if isinstance(a, NumberTally) and isinstance(b, NumberTally):
        sums = (a.missing + b.missing, a.below + b.below, a.above + b.above)
        return NumberTally(_sum(a.counts, b.counts), *sums, both(a.moments, b.moments))
    if isinstance(a, LevelTally) and isinstance(b, LevelTally):
        names = Counter(a.strangers) + Counter(b.strangers)
        strangers = dict(names.most_common(NAMES))
        return LevelTally(_sum(a.counts, b.counts), a.missing + b.missing, a.unseen + b.unseen, strangers)
    assert isinstance(a, StampTally)
    assert isinstance(b, StampTally)
    return StampTally(a.present + b.present, a.missing + b.missing)


def both(a: Moments, b: Moments) -> Moments:
    """Moments of two sets of values together.

    Source: Chan, Golub, LeVeque 1979.
    """
    rows = a.rows + b.rows
    if not a.rows or not b.rows:
        return a if a.rows else b
    apart = b.mean - a.mean
    squares = a.squares + b.squares + apart * apart * a.rows * b.rows / rows
    return _written(Moments(rows, a.mean + apart * b.rows / rows, squares))


def discreet(tally: Tally) -> Tally:
    """The tally fit to be kept: without names of new levels that fewer than `LEAST` rows share."""
    if not isinstance(tally, LevelTally):
        return tally
    shared = {level: count for level, count in tally.strangers.items() if count >= LEAST}
    return msgspec.structs.replace(tally, strangers=shared)


def _sum(a: Iterable[int], b: Iterable[int]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))
