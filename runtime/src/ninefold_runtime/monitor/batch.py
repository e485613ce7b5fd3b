"""Rows of a file beside what the bundle remembers: drift, groups, scores with labels and without, and the history."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import wire
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import MonitorError
from ninefold_runtime.intake import Note, wired
from ninefold_runtime.loaded import model_of
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.alerts import Alerts
from ninefold_runtime.monitor.counted import Counted, digest_of, taken
from ninefold_runtime.monitor.counter import together
from ninefold_runtime.monitor.history import History, Window
from ninefold_runtime.monitor.labels import column_of, read
from ninefold_runtime.monitor.outcomes import Outcomes
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.monitor.status import Found, Status, found_in
from ninefold_runtime.monitor.told import Told, log_evidence, told_of

Array = NDArray[Any]
Table = Mapping[str, Sequence[object]]
SPAN = 50_000
"""Rows that are asked about at once."""


class Wanted(msgspec.Struct, frozen=True):
    """``by``: compare groups of this column. ``target``: the column with the labels; ``labels``: a table that has them,
    matched by the column ``key``, or row by row."""

    by: str | None = None
    target: str | None = None
    labels: dict[str, list[Any]] | None = None
    key: str | None = None

    @property
    def judged(self) -> bool:
        return self.target is not None or self.labels is not None


class Batch:
    """Takes a table, whole or in parts.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches. MonitorError: NF-R505 when it knows no groups of ``by``.
    """

    def __init__(self, bundle: Bundle, wanted: Wanted) -> None:
        self._bundle, self._wanted = bundle, wanted
        self._model = model_of(bundle)
        self.counted = Counted(bundle, wanted.by)
        self._notes: dict[tuple[str, str], Note] = {}
        self._seen = 0

    def add(self, table: Table) -> None:
        """Count the rows.

        Raises:
            TableError: when columns differ in length. MonitorError: NF-R507 when labels or groups are no column.
        """
        arrays, rows, notes = wired(self._bundle.schema, table)
        for note in notes:
            held = self._notes.get((note.kind, note.column))
            self._notes[note.kind, note.column] = note if held is None else together(held, note)
        truth = self._labels(table, rows) if self._wanted.judged else None
        by = self._groups(table)
        for start in range(0, rows, SPAN):
            part = slice(start, start + SPAN)
            columns = {name: array[part] for name, array in arrays.items()}
            made = self._model.predict_arrays(columns)
            self.counted.add(columns, made, None if by is None else by[part])
            if truth is not None:
                self._judge(made, truth[part])
        self._seen += rows

    def _judge(self, made: Predictions, given: Sequence[object]) -> None:
        labels, known = read(self._bundle.schema.target, given)
        self.counted.add_labels(taken(made, known), labels[known])

    def _labels(self, table: Table, rows: int) -> Sequence[object]:
        wanted, schema = self._wanted, self._bundle.schema
        if wanted.labels is None:
            return column_of(schema, table, wanted.target)
        labels = column_of(schema, wanted.labels, wanted.target)
        if wanted.key is None:
            part = labels[self._seen : self._seen + rows]
            if len(part) < rows:
                hint = "name the column that both tables have: --key COLUMN"
                raise MonitorError("NF-R510", "there are fewer labels than rows", hint=hint)
            return part
        keys = map(wire.text, column_of(schema, wanted.labels, wanted.key))
        by_key = dict(zip(keys, labels, strict=True))
        return [by_key.get(wire.text(value)) for value in column_of(schema, table, wanted.key)]

    def _groups(self, table: Table) -> Array | None:
        grouped = self.counted.grouped
        if grouped is None or grouped.column.name in self._bundle.schema.names:
            return None
        return np.asarray(wire.cells(grouped.column, column_of(self._bundle.schema, table, grouped.column.name)))

    def report(self) -> WatchReport:
        """Raises TableError (NF-R204) when there is no row."""
        return msgspec.structs.replace(self.counted.stream.report(), notes=tuple(self._notes.values()))

    def told(self, model: str = "") -> Told:
        """All that these rows say, and the level that they alone amount to."""
        found, now = self._found(), time.time()
        status = Status(level=found.level, since=now, why=found.why)
        return told_of(self.counted, self._labelled(), status, model)

    def _labelled(self) -> list[Outcomes]:
        return [] if self.counted.labelled is None else [self.counted.labelled]

    def _found(self) -> Found:
        return found_in(self.counted, log_evidence(self.counted.performance, self._labelled()))

    def keep(self, where: str) -> Status:
        """Write the counts as a window of their own, and move the bundle's status on.

        Raises:
            MonitorError: when the history cannot be written.
        """
        now, history, digest = time.time(), History(where), digest_of(self._bundle)
        counts, writer = self.counted, secrets.token_hex(8)
        history.put_window(digest, Window(now, writer, counts.rows, now, counts.encode(), counts.labels))
        kept = history.state(digest)
        before = Status(since=now) if kept is None else msgspec.json.decode(kept, type=Status)
        status = before.after(self._found(), now)
        history.put_state(digest, msgspec.json.encode(status))
        history.close()
        return status


def alert(told: Told, bundle: Bundle, alerts: Alerts) -> list[str]:
    """Tell of drift or worse; what failed, in words."""
    return alerts.tell(told.alert(time.time(), str(bundle.folder))) if told.serious else []


def whole(report: WatchReport, told: Told) -> dict[str, Any]:
    """Both as one plain object."""
    plain: dict[str, Any] = msgspec.to_builtins(report)
    return plain | {"monitor": msgspec.to_builtins(told)}


def lines(told: Told) -> list[str]:
    """What stands below the report of drift."""
    said = [f"level {told.level} · {why}" for why in told.why if why != told.assumed]
    groups = [f"  {name}: {sentence}" for name, sentence in told.groups.items()]
    scores = {score.metric: score for score in told.estimated}
    real = {} if told.labelled is None else {score.metric: score for score in told.labelled.scores}
    for metric in dict.fromkeys((*scores, *real)):
        parts = [f"was {_figure(told.before[metric])}"] if metric in told.before else []
        for kind, found in (("estimated", scores.get(metric)), ("measured", real.get(metric))):
            if found is not None:
                parts.append(f"{kind} {_figure(found.value)} ({_figure(found.low)} to {_figure(found.high)})")
        said.append(f"  {metric:<9} {' · '.join(parts)}")
    if told.labelled is not None:
        gap = "" if told.labelled.gap is None else f", calibration error {told.labelled.gap:.3f}"
        what = "far off" if told.labelled.gap is None else "wrong"
        wrong = f"{told.labelled.wrong:.1%} {what}, up to {told.labelled.allowed:.1%} is as out of fold"
        said.append(f"  {told.labelled.rows:,} labels: {wrong} (e-value {told.labelled.evidence:.3g}){gap}")
    return said + groups + ([f"  {told.assumed}"] if told.assumed and told.labelled is None else [])


def _figure(value: float) -> str:
    """A score with as many digits as say something: shares with four, prices with none."""
    digits = 4 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return f"{value:,.{digits}f}"
