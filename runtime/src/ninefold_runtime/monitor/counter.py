"""Raw rows in, counts out: read as the schema says, asked of the graph, counted by a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.intake import Note, unreadable_note, wired
from ninefold_runtime.loaded import model_of
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.monitor.stream import Stream
from ninefold_runtime.wire import Coded


class Counter:
    """A ``stream`` and what has to be done before it can count; remarks on what did not fit are added up."""

    def __init__(self, bundle: Bundle, stream: Stream) -> None:
        self.stream = stream
        self._schema = bundle.schema
        self._model = model_of(bundle) if stream.asks else None
        self._notes: dict[tuple[str, str], Note] = {}

    def add(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Rows, column by column."""
        arrays, rows, notes = wired(self._schema, columns)
        for note in notes:
            held = self._notes.get((note.kind, note.column))
            self._notes[note.kind, note.column] = note if held is None else together(held, note)
        if rows:
            coded = {name: column for name, column in columns.items() if isinstance(column, Coded)}
            self.stream.add(arrays, self._model.predict_arrays(arrays) if self._model else None, coded)

    def report(self) -> WatchReport:
        return msgspec.structs.replace(self.stream.report(), notes=tuple(self._notes.values()))


def together(a: Note, b: Note) -> Note:
    """Two remarks of one kind on one column as one."""
    rows = a.rows + b.rows
    if a.kind == "unreadable value":
        return unreadable_note(a.column, rows)
    return msgspec.structs.replace(a, rows=rows)
