"""Rows that come one by one, which most do: read, predicted, and kept until somebody looks at a few hundred at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from ninefold_runtime.decode import Row
from ninefold_runtime.intake import Note, missing_note
from ninefold_runtime.model import Model, Prediction, Predictions
from ninefold_runtime.reader import reader
from ninefold_runtime.wire import DTYPE

Array = NDArray[Any]
ROOM = 256


class Singles:
    """Places for `ROOM` rows, made before. Used by one thread."""

    def __init__(self, model: Model, room: int = ROOM) -> None:
        columns = model.schema.columns
        self._model = model
        self._readers = [reader(column) for column in columns]
        self._names = model.schema.names
        self._room = room
        self._open()

    def _open(self) -> None:
        columns = self._model.schema.columns
        self._arrays: dict[str, Array] = {
            column.name: np.zeros((self._room, *column.shape), DTYPE[column.wire]) for column in columns
        }
        self._cells = list(zip(self._arrays.values(), self._readers, strict=True))
        self._feeds = [{name: array[i : i + 1] for name, array in self._arrays.items()} for i in range(self._room)]
        self._outputs: list[list[Array]] = []

    def predict(self, row: Row) -> Prediction | None:
        """None where a value cannot be read: the careful way says which."""
        place = len(self._outputs)
        notes: list[Note] = []
        if UNSET in row:
            notes += [missing_note(name) for name, cell in zip(self._names, row, strict=True) if cell is UNSET]
            if len(notes) == len(row):
                return None
            row = tuple(None if cell is UNSET else cell for cell in row)
        for (array, read), cell in zip(self._cells, row, strict=True):
            array[place] = read(cell, notes)
        if notes and any(note.kind == "unreadable value" for note in notes):
            return None
        outputs = self._model.run(self._feeds[place])
        self._outputs.append(outputs)
        return self._model.told(outputs, notes)

    @property
    def full(self) -> bool:
        return len(self._outputs) == self._room

    def __len__(self) -> int:
        return len(self._outputs)

    def taken(self) -> tuple[dict[str, Array], Predictions]:
        """All rows since the last time. The arrays are the taker's: new ones stand ready."""
        rows = len(self._outputs)
        arrays = {name: array[:rows] for name, array in self._arrays.items()}
        made = self._model.joined(self._outputs)
        self._open()
        return arrays, made

    def forgotten(self) -> None:
        """Nobody looks."""
        self._outputs.clear()
