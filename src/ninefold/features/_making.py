"""Columns made from others, many at a time: each family is a few nodes, whatever its number of columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations, product
from typing import Literal, Protocol

import numpy as np

from ninefold.core.protocols import Block
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

MOST_LEVELS, MOST_PAIRED = 500, 20_000
"""Levels of a category whose groups are summarised, and cells of two categories that are crossed."""
FEWEST = 2
"""Rows a crossed level needs for a code of its own."""
Sources = tuple[int, int]


class Family(Protocol):
    """Columns made in one way: ``sources`` are the two columns of the block that each is made from."""

    @property
    def sources(self) -> tuple[Sources, ...]: ...

    @property
    def codes(self) -> bool:
        """What it makes are codes of categories."""
        ...

    def names(self, columns: Sequence[str]) -> list[str]: ...

    def graph(self, block: Var) -> Var:
        """[N, k] to [N, len(sources)]."""
        ...

    def only(self, places: Array) -> Family:
        """The family with these of its columns."""
        ...


def families(block: Block, numbers: Sequence[int], categories: Sequence[int]) -> list[Family]:
    """Everything that is made of these columns of a block; tables of groups are learned from its rows."""
    pairs, turned = tuple(combinations(numbers, 2)), tuple(permutations(numbers, 2))
    found: list[Family] = [Arithmetic(kind, pairs) for kind in ("sum", "difference", "product") if pairs]
    found += [Arithmetic("ratio", turned)] if turned else []
    grouping = [c for c in categories if _levels(block, c) <= MOST_LEVELS]
    grouped = tuple(product(grouping, numbers))
    if grouped:
        means, spreads = _group_tables(block, grouped)
        found += [Grouped(kind, grouped, means, spreads) for kind in ("mean", "above")]
    crossed = [pair for pair in combinations(categories, 2) if _cells(block, pair) <= MOST_PAIRED]
    return found + ([Crossed(tuple(crossed), tuple(_codes(block, pair) for pair in crossed))] if crossed else [])


def _levels(block: Block, column: int) -> int:
    """The largest code of a column, and one more for missing."""
    codes = block.values[:, column]
    return 1 + int(np.nanmax(codes)) if not np.isnan(codes).all() else 1


def _cells(block: Block, pair: Sources) -> int:
    return _levels(block, pair[0]) * _levels(block, pair[1])


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers added, subtracted, multiplied or divided; NaN where one is, and where the divisor is 0."""

    kind: Literal["sum", "difference", "product", "ratio"]
    sources: tuple[Sources, ...]
    codes: bool = False

    def names(self, columns: Sequence[str]) -> list[str]:
        sign = {"sum": "+", "difference": "-", "product": "×", "ratio": "/"}[self.kind]
        return [f"{columns[a]} {sign} {columns[b]}" for a, b in self.sources]

    def graph(self, block: Var) -> Var:
        left, right = (op.gather(block, const(side, np.int64), axis=1) for side in zip(*self.sources, strict=True))
        if self.kind == "ratio":
            return op.div(left, op.where(op.equal(right, const(0.0)), const(np.nan), right))
        return {"sum": op.add, "difference": op.sub, "product": op.mul}[self.kind](left, right)

    def only(self, places: Array) -> Family:
        return replace(self, sources=tuple(self.sources[i] for i in places))


@dataclass(frozen=True, eq=False)
class Grouped:
    """A number's mean among the training rows of a category (``mean``), or by how many of the group's standard
    deviations it lies above it (``above``). Missing and unseen categories form a group of their own: all rows."""

    kind: Literal["mean", "above"]
    sources: tuple[Sources, ...]
    means: tuple[Array, ...]
    """Per pair, by code; code 0 is missing."""
    spreads: tuple[Array, ...]
    codes: bool = False

    def names(self, columns: Sequence[str]) -> list[str]:
        if self.kind == "mean":
            return [f"mean {columns[number]} by {columns[group]}" for group, number in self.sources]
        return [f"{columns[number]} above its mean by {columns[group]}" for group, number in self.sources]

    def graph(self, block: Var) -> Var:
        groups, numbers = (op.gather(block, const(side, np.int64), axis=1) for side in zip(*self.sources, strict=True))
        place = _row(groups, [len(table) for table in self.means])
        mean = op.gather(const(np.concatenate(self.means)), place)
        if self.kind == "mean":
            return mean
        return op.div(op.sub(numbers, mean), op.gather(const(np.concatenate(self.spreads)), place))

    def only(self, places: Array) -> Family:
        means, spreads = tuple(self.means[i] for i in places), tuple(self.spreads[i] for i in places)
        return Grouped(self.kind, tuple(self.sources[i] for i in places), means, spreads)


@dataclass(frozen=True, eq=False)
class Crossed:
    """Two categories as one: codes 1.. by frequency; combinations that are rare, unseen or missing are NaN."""

    sources: tuple[Sources, ...]
    tables: tuple[Array, ...]
    """Per pair, [levels of one, levels of the other]: the code of each combination."""
    codes: bool = True

    def names(self, columns: Sequence[str]) -> list[str]:
        return [f"{columns[a]} & {columns[b]}" for a, b in self.sources]

    def graph(self, block: Var) -> Var:
        left, right = (op.gather(block, const(side, np.int64), axis=1) for side in zip(*self.sources, strict=True))
        widths = np.array([table.shape[1] for table in self.tables])
        heights = [len(table) for table in self.tables]
        row, column = _within(left, heights), _within(right, widths.tolist())
        starts = np.cumsum([0, *(table.size for table in self.tables)])[:-1]
        place = op.add(op.add(op.mul(row, const(widths)), column), const(starts))
        return op.gather(const(np.concatenate([t.ravel() for t in self.tables])), op.cast(place, to=np.int64))

    def only(self, places: Array) -> Family:
        return Crossed(tuple(self.sources[i] for i in places), tuple(self.tables[i] for i in places))


def _within(codes: Var, sizes: Sequence[int]) -> Var:
    """Codes with 0 for missing and for those that a table of that size does not hold."""
    outside = op.or_(op.isnan(codes), op.greater_or_equal(codes, const(sizes)))
    return op.where(outside, const(0.0), codes)


def _row(codes: Var, sizes: Sequence[int]) -> Var:
    """Positions in tables laid end to end."""
    starts = np.cumsum([0, *sizes])[:-1]
    return op.cast(op.add(_within(codes, sizes), const(starts)), to=np.int64)


def _group_tables(block: Block, pairs: Iterable[Sources]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    tables = [_group_table(_whole(block, group), block.values[:, number]) for group, number in pairs]
    return tuple(mean for mean, _ in tables), tuple(spread for _, spread in tables)


def _group_table(codes: Array, column: Array) -> tuple[Array, Array]:
    """Mean and standard deviation by code; those of all rows for code 0 and where a group has too few numbers."""
    known = ~np.isnan(column)
    codes, values = codes[known], column[known]
    mean, spread = (float(values.mean()), float(values.std())) if len(values) else (0.0, 1.0)
    size = 1 + int(codes.max(initial=0))
    rows = np.bincount(codes, minlength=size)
    enough = np.maximum(rows, 1)
    means = np.bincount(codes, values, size) / enough
    spreads = np.sqrt(np.bincount(codes, (values - means[codes]) ** 2, size) / enough)
    means[(rows < FEWEST) | (np.arange(size) == 0)] = mean
    spreads[(rows < FEWEST) | (np.arange(size) == 0) | (spreads == 0)] = spread or 1.0
    return means, spreads


def _whole(block: Block, column: int) -> Array:
    return np.nan_to_num(block.values[:, column]).astype(np.int64)


def _codes(block: Block, pair: Sources) -> Array:
    """[levels, levels]: combinations numbered by frequency."""
    shape = _levels(block, pair[0]), _levels(block, pair[1])
    left, right = _whole(block, pair[0]), _whole(block, pair[1])
    counts = np.bincount((left * shape[1] + right)[(left > 0) & (right > 0)], minlength=shape[0] * shape[1])
    order = np.argsort(-counts, kind="stable")
    codes = np.full(len(counts), np.nan)
    often = order[counts[order] >= FEWEST]
    codes[often] = np.arange(1.0, len(often) + 1)
    return codes.reshape(shape)
