"""What a stage has to say, as plain data: terminal and report render the same sections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

Level = Literal["good", "info", "warning", "serious"]
Cell = str | int | float | bool | None
Topic = Literal["", "diagnosis", "explanation", "fairness"]
"""Where the report shows a table or figure: with its section, or under a heading of its own."""

if TYPE_CHECKING:
    Numbers = tuple[float, ...]
else:
    Numbers = tuple[float | None, ...]
    """As JSON has them, which writes NaN as null; `Series` makes null NaN again."""


@dataclass(frozen=True)
class Finding:
    """Something the user should know, with evidence and an action. ``code`` is stable: NF, stage digit, two digits."""

    code: str
    level: Level
    title: str
    evidence: str
    action: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A number worth a tile: label, value as it should be read, and a remark below it."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Table:
    """``headings`` name the columns; numbers in ``rows`` are formatted by the renderer, text is shown as it is.

    ``starred`` is the index of the row that was chosen, if one was.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    starred: int | None = None
    wide: bool = False
    """Detail for the report only; the terminal leaves it out."""
    topic: Topic = ""


@dataclass(frozen=True)
class Series:
    """Points of one line, bar group, matrix row or strip. ``low`` and ``high`` bound an interval around ``y``, if
    given."""

    name: str
    x: tuple[float | str, ...]
    y: Numbers
    low: Numbers = ()
    high: Numbers = ()
    labels: tuple[str, ...] = ()
    """Of a scatter, the names of the points."""
    joined: bool = False
    """Of a scatter: a line leads through the points in their order (a front)."""
    starred: int | None = None
    """Of a scatter: the position of the point that was chosen."""
    faint: bool = False
    """Of lines: a background to the others, without a name (one row among many)."""

    def __post_init__(self) -> None:
        for side in ("y", "low", "high"):
            values = getattr(self, side)
            if None in values:
                object.__setattr__(self, side, tuple(math.nan if value is None else value for value in values))


@dataclass(frozen=True)
class Figure:
    """A chart as data. ``title`` states the finding, not the axes.

    kinds: ``bars`` (horizontal, x are labels), ``lines`` (x numeric), ``intervals`` (x are labels, y with low and
    high), ``moments`` (values in time, and as the last series what each stretch of time gives: x is where it begins,
    and in the end, with NaN, where the last one ends), ``matrix`` (each series a row, x the column labels, y the
    counts), ``histogram`` (x are left bin edges), ``scatter`` (x numeric, each series a group of points), ``strip`` (a
    beeswarm: each series a row of numeric x; y from 0, low, to 1, high, gives each point its colour and shape, NaN
    where there is no order).
    """

    kind: Literal["bars", "lines", "intervals", "matrix", "moments", "histogram", "scatter", "strip"]
    title: str
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""
    note: str = ""
    diagonal: bool = False
    """Draw the line y = x (calibration, ROC)."""
    relative: bool = False
    """Of a matrix: shades are by the largest share of any row, not by the whole of a row."""
    topic: Topic = ""


@dataclass(frozen=True)
class Picture:
    """A PNG as a data URI, so many pixels wide and high, and what it shows, ``told`` for who does not see it.

    ``areas``, row by row, is what each area of the picture gives, for or, below 0, against what was said of it.
    """

    png: str
    width: int
    height: int
    told: str
    areas: tuple[tuple[float, ...], ...] = ()


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a text, and what it gives to what was said of it; None of what was not asked about.

    ``mark``: it is what was said to be the answer, or truly is, or both. ``under``: the words that it came from.
    """

    text: str
    weight: float | None = None
    mark: Literal["", "said", "true", "both"] = ""
    under: str = ""


@dataclass(frozen=True)
class Line:
    """One of several texts about a thing, and what it is."""

    name: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Item:
    """One row, or one thing about it: its name, and it as pictures, as a text in pieces, or as several of these."""

    name: str
    pictures: tuple[Picture, ...] = ()
    words: tuple[Word, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """Things to look at, which no chart can draw. ``title`` says what was found."""

    title: str
    items: tuple[Item, ...]
    note: str = ""
    topic: Topic = ""


@dataclass(frozen=True)
class Section:
    """The account of one stage. ``sentence`` is the one line of the live display; ``questions`` are the
    numbers of the questions about machine learning that the section answers; ``facts`` become tiles."""

    title: str
    sentence: str
    questions: tuple[int, ...] = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    text: tuple[str, ...] = ()
    """Paragraphs shown in the report only."""
    exhibits: tuple[Exhibit, ...] = ()
    """Shown in the report only."""
