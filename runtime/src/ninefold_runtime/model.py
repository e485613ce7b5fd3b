"""The graph of a bundle, loaded: rows or columns in, predictions out.

`Model.predict` takes tables, `Model.predict_one` one row as a dict as fast as can be, `Model.predict_arrays` arrays
that are wired already. All run the same session; all may be called from several threads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import BundleError
from ninefold_runtime.intake import Note, columns_of, name_notes, wired
from ninefold_runtime.reader import Read, reader
from ninefold_runtime.safety.graph import MOST_ROWS
from ninefold_runtime.schema import Schema, Target, Wire, spans_of
from ninefold_runtime.session import session
from ninefold_runtime.wire import DTYPE

Array = NDArray[Any]
TWIN = ":output"
CHUNK = MOST_ROWS
"""Rows per call of the graph, at most."""
SCORED = ("anomaly", "translation", "question-answering")
"""Tasks whose answers have a score: how unusual a row is, how sure the graph is of a token or of an answer."""
_TYPE: dict[Wire, str] = {
    "number": "tensor(double)",
    "text": "tensor(string)",
    "time": "tensor(int64)",
    "pixels": "tensor(uint8)",
    "series": "tensor(double)",
}


@dataclass(frozen=True)
class Predictions:
    """``predictions`` [N]: labels (str) or values (float64). ``probabilities`` [N, K] in the order of ``classes``.

    Of several ``parts``, which are targets or quantiles, ``predictions`` are [N, P], one column each, and so are the
    ``probabilities`` of yes. ``scores`` [N] from 0 to 1, of anomalies: the share of training rows that are less
    unusual; of translations: the mean probability (geometric) of a token; of answers: their probability.
    Of mixed targets ``predictions`` are labels and values, ``said`` [N, K] is what the graph said, and
    ``probabilities`` are its columns named by ``shares``.
    """

    predictions: Array
    probabilities: Array | None = None
    classes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    parts: tuple[str, ...] = ()
    scores: Array | None = None
    scaled: Array | None = None
    """Of forecasts, [N, P]: ``predictions`` less the seasonal naive forecast, in units of ``spread`` [N], the mean
    error of that forecast within the window: what the model was judged by, and what is watched."""
    spread: Array | None = None
    said: Array | None = None
    shares: tuple[str, ...] = ()
    more: Mapping[str, Array] = field(default_factory=dict)
    """What else is told of a row, [N] each: where an answer stands, and in which document."""
    read: Mapping[str, Array] = field(default_factory=dict)
    """Columns [N] that the model filled itself: the passages that it found."""

    def __len__(self) -> int:
        return len(self.predictions)

    @property
    def named(self) -> tuple[str, ...]:
        """What the columns of ``probabilities`` are of."""
        return self.shares or self.parts or self.classes


class Prediction(msgspec.Struct, frozen=True):
    """The answer for one row; ``probabilities`` by class, None for values and for what has a ``score``. Of
    several targets or quantiles both are by their names, and the probability is that of yes, or, of mixed targets, by
    ``target=class``."""

    prediction: str | float | dict[str, str | float]
    probabilities: dict[str, float] | None
    notes: list[Note]
    score: float | None = None
    more: dict[str, Any] = {}
    """What else is told of it, see `Predictions.more`."""


@dataclass(frozen=True)
class _Slot:
    """Input arrays of one row, reused from call to call; one slot serves one call at a time."""

    feed: dict[str, Array]
    cells: list[tuple[str, Array, Read]]


class Model:
    """A graph with its schema. An output that shares its name with a raw column is called with TWIN behind it.

    Raises:
        BundleError: NF-R107 when the graph is no graph or does not fit the schema, or as `session` raises it.
    """

    slow = False
    """Whether a row takes so long that nothing else should wait for it."""

    def __init__(self, graph: bytes, schema: Schema, *, threads: int = 1) -> None:
        self._session = session(graph, threads)
        self._know(schema, self._session.rows)
        self._check_signature()

    def _know(self, schema: Schema, at_once: int) -> None:
        """What is asked and answered, and how many rows at once."""
        self.schema, self._at_once = schema, at_once
        named = _answers(schema.target)
        self._outputs = [f"{name}{TWIN}" if name in schema.names else name for name in named]
        self._scores = schema.target.task in SCORED
        self._mixed = schema.target.categories > 0
        self._expected = frozenset(schema.names)
        self._accepted = self._expected.union(schema.ignored, schema.target.columns)
        self._parts = schema.target.parts
        self._free: list[_Slot] = []

    def predict(self, table: Sequence[Mapping[str, object]] | Mapping[str, Sequence[object]] | Any) -> Predictions:
        """Rows (a sequence of mappings), columns (a mapping of sequences), or a data frame of pandas or polars.

        What did not fit is noted.

        Raises:
            TableError: when columns differ in length.
        """
        arrays, _, notes = wired(self.schema, columns_of(self.schema, table))
        return self.predict_arrays(arrays, tuple(notes))

    def predict_arrays(
        self, arrays: Mapping[str, Array], notes: tuple[Note, ...] = (), *, until: float = math.inf
    ) -> Predictions:
        """Wired arrays [N] by column, run in chunks of rows: as many as the graph has room for.

        Raises:
            BundleError: NF-R115 when the graph fails on them.
            TimeoutError: `time.monotonic` passed ``until`` before the last chunk.
        """
        rows = len(arrays[self.schema.names[0]])
        parts = []
        for start in range(0, rows, self._at_once):
            if time.monotonic() > until:
                raise TimeoutError(f"{start} of {rows} rows were predicted in time")
            parts.append(self.run(self._chunk(arrays, start)))
        return self.joined(parts, notes)

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """The outputs of the graph for wired arrays [N] by column, all rows at once."""
        outputs: list[Array] = self._session.run(self._outputs, feed)
        return outputs

    def joined(self, parts: Sequence[Sequence[Array]], notes: tuple[Note, ...] = ()) -> Predictions:
        """What `run` gave, put together."""
        target = self.schema.target
        if self._mixed:
            return _mixed(target, parts, notes)
        width = (len(target.parts),) if target.parts else ()
        if target.task == "forecast":
            shapes = (0, *width), (0,), (0, *width)
            scaled, spread, ahead = (_joined([part[i] for part in parts], np.empty(s)) for i, s in enumerate(shapes))
            return Predictions(ahead, notes=notes, parts=target.parts, scaled=scaled, spread=spread)
        if len(self._outputs) == 1:
            values = _joined([part[0] for part in parts], np.empty((0, *width)))
            return Predictions(values, notes=notes, parts=target.parts)
        labels = _joined([part[1] for part in parts], np.empty((0, *width), object))
        if self._scores:
            scores = _joined([part[0] for part in parts], np.empty(0))
            return Predictions(labels, classes=target.classes, notes=notes, scores=scores)
        probabilities = _joined([part[0] for part in parts], np.empty((0, *(width or (len(target.classes),)))))
        return Predictions(labels, probabilities, target.classes, notes, target.parts)

    def predict_one(self, row: Mapping[str, object]) -> Prediction:
        """One row, from column name to value. The fast way: about a microsecond per column over the bare graph."""
        notes = [] if self._expected <= row.keys() <= self._accepted else name_notes(self.schema, row)
        slot = self._take()
        get = row.get
        for name, cell, read in slot.cells:
            cell[0] = read(get(name), notes)
        outputs = self.run(slot.feed)
        self._free.append(slot)
        return self.told(outputs, notes)

    def told(self, outputs: Sequence[Array], notes: list[Note]) -> Prediction:
        """The only row of what `run` gave."""
        if self._mixed:
            return _first(_mixed(self.schema.target, [outputs]), notes)
        if self.schema.target.task == "forecast":
            outputs = outputs[-1:]
        if self._parts:
            return _by_part(self._parts, outputs, notes)
        if len(outputs) == 1:
            return Prediction(float(outputs[0][0]), None, notes)
        if self._scores:
            return Prediction(outputs[1][0], None, notes, float(outputs[0][0]))
        probabilities = dict(zip(self.schema.target.classes, outputs[0][0].tolist(), strict=True))
        return Prediction(outputs[1][0], probabilities, notes)

    def _take(self) -> _Slot:
        try:
            return self._free.pop()
        except IndexError:
            return self._slot()

    def _slot(self) -> _Slot:
        feed = {column.name: np.zeros((1, *column.shape), DTYPE[column.wire]) for column in self.schema.columns}
        return _Slot(feed, [(column.name, feed[column.name], reader(column)) for column in self.schema.columns])

    def _chunk(self, arrays: Mapping[str, Array], start: int) -> dict[str, Array]:
        return {name: arrays[name][start : start + self._at_once] for name in self.schema.names}

    def _check_signature(self) -> None:
        wanted = {column.name: _TYPE[column.wire] for column in self.schema.columns}
        given = {node.name: node.type for node in self._session.of.get_inputs()}
        outputs = {node.name for node in self._session.of.get_outputs()}
        if wanted != given or not outputs.issuperset(self._outputs):
            odd = sorted(name for name in wanted.keys() | given.keys() if wanted.get(name) != given.get(name))
            hint = "schema.json and model.onnx are not of one training; make the bundle again"
            where = ", ".join(odd) or "outputs"
            raise BundleError("NF-R107", f"the graph does not fit its schema ({where})", hint=hint)


def _answers(target: Target) -> tuple[str, ...]:
    """The outputs of the graph."""
    if target.task in SCORED or target.categories:
        return ("prediction", "label")
    if target.task == "forecast":
        return ("prediction", "spread", "forecast")
    return ("probability", "label") if target.decides else ("prediction",)


def _by_part(parts: tuple[str, ...], outputs: Sequence[Array], notes: list[Note]) -> Prediction:
    made = dict(zip(parts, outputs[-1][0].tolist(), strict=True))
    shares = dict(zip(parts, outputs[0][0].tolist(), strict=True)) if len(outputs) > 1 else None
    return Prediction(made, shares, notes)


def _mixed(target: Target, parts: Sequence[Sequence[Array]], notes: tuple[Note, ...] = ()) -> Predictions:
    """Of numbers and categories together: a value or a label for each target."""
    said = _joined([part[0] for part in parts], np.empty((0, len(target.answers))))
    labels = _joined([part[1] for part in parts], np.empty((0, target.categories), object))
    each, decided = list(zip(spans_of(target.choices), target.choices, strict=True)), iter(labels.T)
    made = np.empty((len(said), len(each)), object)
    for place, (span, classes) in enumerate(each):
        made[:, place] = next(decided) if classes else said[:, span.start]
    chances = [k for span, classes in each if classes for k in range(span.start, span.stop)]
    return Predictions(made, said[:, chances], (), notes, target.parts, said=said, shares=target.shares)


def _first(made: Predictions, notes: list[Note]) -> Prediction:
    assert made.probabilities is not None
    shares = dict(zip(made.named, made.probabilities[0].tolist(), strict=True))
    return Prediction(dict(zip(made.parts, made.predictions[0].tolist(), strict=True)), shares, notes)


def _joined(parts: list[Array], empty: Array) -> Array:
    return np.concatenate(parts) if parts else empty
