"""Rows on their way to being counted: copied where they fall, as the service uses its arrays again."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.counted import joined
from ninefold_runtime.schema import Schema
from ninefold_runtime.wire import DTYPE

ROWS = 1_000
"""Rows of one filling."""
FILLINGS = 20
"""Fillings that may wait; what comes on top is dropped, and counted."""
Array = NDArray[Any]
Filling = tuple[dict[str, Array], Predictions]


class Buffer:
    """``put`` is called for every answer, ``take`` by the thread that counts."""

    def __init__(self, schema: Schema) -> None:
        self._wires = {column.name: DTYPE[column.wire] for column in schema.columns}
        self._lock = Lock()
        self._waiting: deque[Filling] = deque()
        self.dropped = 0
        self._begin()

    def _begin(self) -> None:
        self._arrays = {name: np.empty(ROWS, kind) for name, kind in self._wires.items()}
        self._made: list[Predictions] = []
        self._rows = 0

    def put(self, arrays: Mapping[str, Array], made: Predictions) -> bool:
        """Copy rows in; whether there is now a filling to be counted."""
        rows = len(made)
        with self._lock:
            if rows >= ROWS:
                self._wait(({name: array.copy() for name, array in arrays.items()}, _copied(made)), rows)
                return True
            full = self._rows + rows > ROWS
            if full:
                self._close()
            at, end = self._rows, self._rows + rows
            for name, held in self._arrays.items():
                held[at:end] = arrays[name]
            self._made.append(_copied(made))
            self._rows = end
            return full or end == ROWS

    def take(self) -> list[Filling]:
        """All that waits, the filling that is not full included."""
        with self._lock:
            self._close()
            taken = list(self._waiting)
            self._waiting.clear()
            return taken

    def _close(self) -> None:
        if self._rows:
            arrays = {name: held[: self._rows] for name, held in self._arrays.items()}
            self._wait((arrays, joined(self._made)), self._rows)
            self._begin()

    def _wait(self, filling: Filling, rows: int) -> None:
        if len(self._waiting) >= FILLINGS:
            self.dropped += rows
        else:
            self._waiting.append(filling)


def _copied(made: Predictions) -> Predictions:
    """One row's arrays may be used again; those of more rows are made for each answer."""
    if len(made) > 1:
        return made
    chances = None if made.probabilities is None else made.probabilities.copy()
    scores = None if made.scores is None else made.scores.copy()
    return Predictions(made.predictions.copy(), chances, made.classes, (), made.parts, scores)
