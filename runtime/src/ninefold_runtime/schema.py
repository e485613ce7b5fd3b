"""What a bundle expects and returns: the columns with their kinds, and the target.

The schema is decided at training and obeyed ever after. It travels as ``schema.json`` in the bundle, and the
trainer uses these very classes, so that a cell means the same while learning and while serving.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Literal

import msgspec

Kind = Literal["number", "category", "boolean", "datetime", "text", "id", "constant", "image", "series"]
"""What a column means."""

Wire = Literal["number", "text", "time", "pixels", "series"]
"""How a column enters the graph: float64 (missing NaN), string (missing ''), int64 microseconds (missing -2**63), uint8
[N, H, W, C] (missing black), float64 [N, T] (NaN where a value is missing or the series has ended)."""

Task = Literal[
    "binary",
    "multiclass",
    "regression",
    "multilabel",
    "multioutput",
    "multitask",
    "count",
    "ordinal",
    "quantile",
    "clustering",
    "anomaly",
    "forecast",
    "translation",
    "language-model",
    "question-answering",
]
"""multilabel: several yes/no targets; multioutput: several numbers; multitask: numbers and categories together, any of
which a row may lack; count: whole numbers from 0 on; ordinal: classes that have an order; quantile: several quantiles
of one number; clustering and anomaly have no target; forecast: the next values of a series; translation: a text for a
text; language-model: which token comes next, without a target; question-answering: the words of
a passage that answer a question, or none."""

UNTARGETED: tuple[Task, ...] = ("clustering", "anomaly", "language-model")
"""Tasks that learn from the columns alone."""

SPOKEN: tuple[Task, ...] = ("translation", "language-model", "question-answering")
"""Tasks whose graph speaks of the words of a text, which comes next or where the answer stands, and gives no class or
value of a row."""

WORDED: tuple[Task, ...] = ("translation", "question-answering")
"""Tasks whose predictions are texts of their own, not labels."""

WIRE_OF: dict[Kind, Wire] = {
    "number": "number",
    "boolean": "number",
    "datetime": "time",
    "category": "text",
    "text": "text",
    "id": "text",
    "constant": "text",
    "image": "pixels",
    "series": "series",
}


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One raw column as training met it.

    ``format`` tells how its text is read: ``"comma"`` or ``"point"`` (the decimal mark, other separators ignored)
    for numbers and the values of series, ``"boolean"`` for a series of yes and no, a ``strptime`` pattern for
    datetimes, None for the plain reading.
    """

    name: str
    kind: Kind
    why: str = ""
    format: str | None = None
    missing: float = 0.0
    """Share of training rows without a value."""
    levels: tuple[str, ...] = ()
    """The most frequent values of a category, most frequent first, at most 50."""
    distinct: int = 0
    minimum: float | None = None
    maximum: float | None = None
    example: str | float | bool | tuple[float, ...] | None = None
    """A typical value (median, most frequent), never one row's; of series the median of each step."""
    shape: tuple[int, ...] = ()
    """Of one cell: (H, W, C) of an image, (T,) of a series, () of all else."""
    words: tuple[str, ...] = ()
    """Of texts: words that many training texts have, in lower case (see `ninefold_runtime.vocabulary`)."""
    optional: bool = False
    """Of a passage: where a row has none, the model looks for one itself."""
    latest: bool = False
    """Of a series: where one is longer or shorter than its shape, its end counts and not its beginning."""

    @property
    def wire(self) -> Wire:
        return WIRE_OF[self.kind]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is the column's, or all their names in a row where there are several, or what is said of a row where
    there is none."""

    name: str
    task: Task
    classes: tuple[str, ...] = ()
    """Class labels in the order of the graph's probability columns; empty for regression."""
    positive: str | None = None
    """The class that a binary threshold speaks of: the last of ``classes``."""
    several: tuple[str, ...] = ()
    """The columns of a multilabel, multioutput or multitask target, in the order of the graph's columns."""
    quantiles: tuple[float, ...] = ()
    """The levels that are predicted, rising, in the order of the graph's columns."""
    labels: tuple[tuple[str, str], ...] = ()
    """Of each column of a multilabel target, what stands for no and for yes."""
    choices: tuple[tuple[str, ...], ...] = ()
    """Of each column of a multitask target its classes, none of a number: as many columns of the graph's."""
    metric: str = ""
    """What the model was chosen by, by Ninefold's name."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that are predicted; none where the task has no target."""
        return () if self.task in UNTARGETED else self.several or (self.name,)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the graph's columns where a row's prediction has several: its targets, or its quantiles."""
        return self.several or tuple(f"{level:g}" for level in self.quantiles)

    @property
    def levels(self) -> tuple[float, ...]:
        """What losses must know of a prediction's columns: the quantiles, or the widths of mixed targets."""
        return self.quantiles or tuple(float(len(classes) or 1) for classes in self.choices)

    @property
    def decides(self) -> bool:
        """Whether the graph gives labels."""
        return bool(self.classes or self.labels or self.categories)

    @property
    def categories(self) -> int:
        """How many of mixed targets are categories: columns of the graph's labels."""
        return sum(map(bool, self.choices))

    @property
    def answers(self) -> tuple[str, ...]:
        """Names of the graph's columns of a multitask target: its numbers, and ``target=class`` for each class."""
        return answers_of(self.several, self.choices)

    @property
    def shares(self) -> tuple[str, ...]:
        """Those of ``answers`` that are probabilities."""
        numbers = {name for name, classes in zip(self.several, self.choices, strict=False) if not classes}
        return tuple(name for name in self.answers if name not in numbers)


class Folding(msgspec.Struct, frozen=True, kw_only=True):
    """How a table with a row for each moment becomes one with a row for each series, or for each window of one; where
    series are forecast, with a row for the last window of each."""

    series: str = ""
    """The column that says to which series a row belongs; the whole table is one where none is named."""
    time: Column | None = None
    """The column that puts a series in order; without one its rows are in order as they come."""
    window: int = 0
    """Moments of a window; 0: a series is not cut."""
    step: int = 0
    """Moments from the start of a window to that of the next."""
    target: str = ""
    """The column that is forecast, where one is."""
    horizon: int = 0
    """Moments that are forecast."""
    season: int = 1
    """Moments after which the target is expected to come again."""
    every: float = 0.0
    """From one moment to the next, in the unit of the times: microseconds of datetimes."""
    months: int = 0
    """The same in months, where moments are whole months apart."""


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    columns: tuple[Column, ...]
    """The inputs of the graph, in its order."""
    target: Target
    ignored: tuple[str, ...] = ()
    """Columns the training table had and the graph does not want; accepted and dropped without a warning."""
    source: str = ""
    """SHA-256 of the table that it was made from, by which a score on that very table can be told."""
    folding: Folding | None = None
    """Where the table had a row for each moment."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def example(self) -> dict[str, str | float | bool | tuple[float, ...] | None]:
        """A row of typical values, each by itself: no row of the training table."""
        return {column.name: column.example for column in self.columns}


def answers_of(names: tuple[str, ...], choices: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The columns of predictions of mixed targets by name; see `Target.choices`."""
    each = zip(names, choices, strict=False)
    return tuple(answer for name, classes in each for answer in ([f"{name}={c}" for c in classes] or [name]))


def spans_of(choices: tuple[tuple[str, ...], ...]) -> tuple[slice, ...]:
    """Where each of mixed targets has its columns of a prediction."""
    ends = list(accumulate(len(classes) or 1 for classes in choices))
    return tuple(slice(end - (len(classes) or 1), end) for end, classes in zip(ends, choices, strict=True))
