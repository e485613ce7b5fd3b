"""What an explanation says, whichever method made it: plain data that terminal, service and report render alike."""

from __future__ import annotations

from typing import ClassVar, Protocol

import msgspec

from ninefold_runtime.explain.asked import Arrays, Asked

Cell = str | float | bool | None


class Contribution(msgspec.Struct, frozen=True):
    """What one raw column adds, given its ``cell``; ``low`` and ``high`` bound an estimated ``amount`` (95 %)."""

    column: str
    cell: Cell
    amount: float
    low: float | None = None
    high: float | None = None


class Account(msgspec.Struct, frozen=True):
    """Why one output has its ``value``: what is said of what the row is compared with, ``base``, and what each column
    adds to it.

    ``contributions`` are in the order of the schema. Methods that add up to something else than value - base say so
    in their notes; methods that do not speak of columns leave them empty.
    """

    output: str
    base: float
    value: float
    contributions: tuple[Contribution, ...] = ()


class Listing(msgspec.Struct, frozen=True):
    """A table of a method that has more, or something else, to say than contributions."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class RegionMap(msgspec.Struct, frozen=True):
    """What areas of the image in ``column``, of so many pixels, give to one output: ``amounts``, row by row, all areas
    of the same size as far as whole pixels allow."""

    column: str
    output: str
    height: int
    width: int
    amounts: tuple[tuple[float, ...], ...]


class Explanation(msgspec.Struct, frozen=True):
    """One row, explained by one method: an account for each output of the graph, in the order of `Asked.outputs`."""

    method: str
    """The name of its file in `ninefold_runtime.explain.methods`."""
    scale: str
    """What the numbers are in: probability, value, score or log-odds."""
    accounts: tuple[Account, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know to read it rightly, in sentences."""
    tables: tuple[Listing, ...] = ()
    maps: tuple[RegionMap, ...] = ()
    """Of methods that speak of areas of images, for each image column and output."""
    against: str = "typical rows"
    """What the bases of the accounts are said of."""


class Method(Protocol):
    """A file of `ninefold_runtime.explain.methods`: one public frozen dataclass, its settings its fields."""

    title: ClassVar[str]

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Explain a table of one row; what is random depends on ``seed`` alone.

        Raises:
            ExplainError: where the method cannot speak of this graph or row.
        """
        ...
