"""The monitor inside a service: counts what is answered, keeps the counts in a history, and says when things change.

A thread of its own counts, writes and judges every `SECONDS`, or as soon as a thousand rows wait. Nothing that goes
wrong there reaches an answer: it is counted (``ninefold_monitor_errors_total``) and told on stderr once.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.errors import BundleFault, MonitorError
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.alerts import SILENT, Alerts
from ninefold_runtime.monitor.buffer import ROWS, Buffer, Filling
from ninefold_runtime.monitor.counted import Counted, digest_of, stream_of, taken
from ninefold_runtime.monitor.history import Answer, History, Window
from ninefold_runtime.monitor.labels import answers_of, matched, readable
from ninefold_runtime.monitor.lines import exposed
from ninefold_runtime.monitor.lookout import QUIET
from ninefold_runtime.monitor.outcomes import Outcomes
from ninefold_runtime.monitor.report import Alarm
from ninefold_runtime.monitor.shared import RECENT, WINDOW, Shared
from ninefold_runtime.monitor.status import BEYOND, Found, Status, found_in
from ninefold_runtime.monitor.told import Told, log_evidence, told_of

SECONDS = 2.0
"""Rows wait so long to be counted, at most; a killed worker loses those, and what was not yet shown, and no more."""
LOOK_ROWS, LOOK_SECONDS, LEAST_LOOK = 1_000, 3600.0, 100
"""A look judges so many rows, or those of so long if there are enough."""
GUARDED = 250
"""Of each thousand rows and more that come within seconds, those that guards look at: it costs more than counting."""
JUDGED = 5.0
"""Seconds between two judgements of what is told."""
BETWEEN = 60.0
"""Seconds between two looks, however many rows come."""
MOST_WAITING = 100_000
"""Answers kept in memory while the store cannot be written."""
TROUBLE = (BundleFault, OSError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError)
Array = NDArray[Any]


@dataclass
class _Own:
    """The window that this process writes, and the rows since its last look."""

    start: float
    counted: Counted
    batch: Counted
    looked: float
    dirty: bool = field(default=False)


class Monitor:
    """Watches one bundle. ``where`` is a history's file or URL; None keeps counts in memory alone.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches.
    """

    def __init__(self, bundle: Bundle, where: str | None, alerts: Alerts = SILENT, model: str = "") -> None:
        self._bundle, self._where, self._alerts = bundle, where, alerts
        self._model = model or bundle.manifest.files[GRAPH].sha256[:12]
        self._digest, self._writer = digest_of(bundle), secrets.token_hex(8)
        self._buffer = Buffer()
        self._shared = Shared(bundle, self._fresh)
        self._guard, self._alarms = stream_of(bundle, QUIET), 0
        self._lock, self._turning, self._wake, self._stopping = Lock(), Lock(), Event(), False
        self._thread: Thread | None = None
        self._history: History | None = None
        self._errors = 0
        self._answers: list[tuple[str, Answer]] = []
        now = time.time()
        self._own = _Own(self._window_of(now), self._fresh(), self._fresh(), now - BETWEEN)
        self._status = Status(since=now)
        self._told = Told(model=self._model, level="ok", since=now)
        self._waiting = 0
        self._written = self._judged = 0.0

    def observe(self, arrays: Mapping[str, Array], predictions: Predictions) -> None:
        """Keep rows to be counted soon."""
        if self._buffer.put(arrays, predictions):
            self._wake.set()
        if self._thread is None:
            self._begin()

    def remember(self, ids: Sequence[str], predictions: Predictions) -> None:
        """Keep what was said of these rows until their labels come."""
        with self._lock:
            self._answers += zip(ids, answers_of(predictions), strict=True)
            del self._answers[:-MOST_WAITING]
        self._begin()

    def label(self, labels: Mapping[str, object]) -> dict[str, Any]:
        """Labels by the ids of their answers. May take as long as the store; answers of other workers can be found
        some seconds after they were given.

        Raises:
            MonitorError: NF-R508 without a history, NF-R502 when it fails.
        """
        with self._turning:
            self._open()
            if self._history is None:
                hint = "serve with --monitor FILE or URL"
                raise MonitorError("NF-R508", "answers are not kept, so labels find none", hint=hint)
            self._keep_answers(time.time())
            given = readable(self._bundle.schema.target, labels)
            found = self._history.take_answers(self._digest, list(given))
            made, truth = matched(self._bundle.schema.target, found, given)
            self._own.counted.add_labels(made, truth)
            self._own.dirty |= bool(len(truth))
            self._write(time.time())
            self._waiting = self._history.waiting(self._digest)
        self._begin()
        self._wake.set()
        unknown = [name for name in given if name not in found]
        return {"taken": len(truth), "unreadable": len(labels) - len(given), "unknown": unknown[:100]}

    def state(self) -> dict[str, Any]:
        """What was known at the last count, `SECONDS` ago at most."""
        self._ask()
        plain: dict[str, Any] = msgspec.to_builtins(self._told)
        return plain | {"errors": self.errors, "dropped": self.dropped, "history": self._shown()}

    def metrics(self) -> Iterable[str]:
        self._ask()
        return exposed(self._told)

    @property
    def dropped(self) -> int:
        """Rows that came faster than they could be counted."""
        return self._buffer.dropped

    @property
    def errors(self) -> int:
        """What failed, and lines of the history that cannot be read."""
        return self._errors + self._shared.unreadable

    def close(self) -> None:
        """Count and write what is left."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5 * SECONDS)
        if self._history is not None:
            self._history.close()

    def _ask(self) -> None:
        """One who has not answered yet looks first what others have."""
        if self._thread is None and not self._stopping:
            self._begin()
            self.turn(time.time())

    def _begin(self) -> None:
        """Not before the first row: a process that forks would leave the thread behind."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="ninefold-monitor", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while not self._stopping:
            self._wake.wait(SECONDS)
            self._wake.clear()
            self.turn(time.time())
        self.turn(time.time())

    def turn(self, now: float) -> None:
        """Count, write and judge once. What fails is counted, and tried again at the next turn."""
        with self._turning:
            for step in (self._count, self._keep_answers, self._write, self._judge):
                self._guarded(step, now)

    def _guarded(self, step: Callable[[float], None], now: float) -> None:
        try:
            step(now)
        except TROUBLE as error:
            if not self._errors:
                print(f"ninefold monitor: {error}", file=sys.stderr, flush=True)
            self._errors += 1

    def _open(self) -> None:
        """Go on from what was written before."""
        if self._where is not None and self._history is None:
            self._history = History(self._where)
            kept = self._history.state(self._digest)
            if kept is not None:
                self._status = msgspec.json.decode(kept, type=Status)

    def _count(self, now: float) -> None:
        filling = self._buffer.take()
        if filling is None:
            return
        part = self._fresh()
        part.add(*filling)
        for counts in (self._own.counted, self._own.batch):
            counts.merge(part)
        self._own.dirty = True
        self._guard.add(*_guarded_of(*filling))

    def _keep_answers(self, now: float) -> None:
        """Write down what waits for labels; it stays in memory until that has worked."""
        self._open()
        if self._history is None or not self._answers:
            return
        with self._lock:
            answers, self._answers = self._answers, []
        try:
            self._history.put_answers(self._digest, answers, now)
        except MonitorError:
            with self._lock:
                self._answers = (answers + self._answers)[-MOST_WAITING:]
            raise
        self._waiting = self._history.waiting(self._digest)

    def _write(self, now: float) -> None:
        """Write this window down; once that has worked and its time is over, begin the next."""
        over = self._own.start != self._window_of(now)
        if self._own.dirty and (over or self._stopping or now - self._written >= SECONDS / 2):
            self._open()
            if self._history is not None:
                own = self._own
                counts = own.counted
                window = Window(own.start, self._writer, counts.rows, now, counts.encode(), counts.labels)
                self._history.put_window(self._digest, window)
            self._own.dirty, self._written = False, now
        if over:
            self._own = _Own(self._window_of(now), self._fresh(), self._own.batch, self._own.looked)
            if self._history is not None:
                self._history.forget(now)

    def _judge(self, now: float) -> None:
        alarms = self._guard.counts.alarms[self._alarms :]
        if now - self._judged < JUDGED and not alarms:
            return
        self._judged = now
        own = (self._own.start, self._writer, self._own.counted)
        try:
            if self._history is not None:
                self._shared.refresh(self._history, now)
        finally:  # what this process has counted is told even where the store cannot say what others have
            self._say(now, self._shared.recent(now, own), self._shared.labelled(own), alarms)

    def _say(self, now: float, whole: Counted, labelled: list[Outcomes], alarms: Sequence[Alarm]) -> None:
        if whole.empty:
            return
        self._told = told_of(whole, labelled, self._status, self._model, self._waiting)
        batch, evidence = self._own.batch, log_evidence(whole.performance, labelled)
        old = now - self._own.looked >= LOOK_SECONDS and batch.rows >= LEAST_LOOK
        many = batch.rows >= LOOK_ROWS and now - self._own.looked >= BETWEEN
        if many or old or (batch.rows and (alarms or evidence >= BEYOND)):
            self._alarms += len(alarms)
            self._look(now, found_in(batch, evidence, alarms))

    def _look(self, now: float, found: Found) -> None:
        """One step of the status, which all workers of a service share."""
        if self._history is not None and (kept := self._history.state(self._digest)):
            self._status = msgspec.json.decode(kept, type=Status)
        self._status = self._status.after(found, now)
        self._own.batch, self._own.looked = self._fresh(), now
        news = self._status.must_tell(now)
        if news:
            self._status = self._status.once_told(now)
        if self._history is not None:
            self._history.put_state(self._digest, msgspec.json.encode(self._status))
        self._told = self._told.at(self._status)
        if news:
            alert = self._told.alert(now, str(self._bundle.folder))
            Thread(target=self._tell, args=(alert,), daemon=True).start()  # it may try for half a minute

    def _tell(self, alert: dict[str, Any]) -> None:
        for failed in self._alerts.tell(alert):
            print(f"ninefold monitor: {failed}", file=sys.stderr, flush=True)
            self._errors += 1

    def _window_of(self, now: float) -> float:
        """When the window of this time began; where nothing is written down, counts of a day are kept in memory."""
        length = RECENT if self._where is None else WINDOW
        return now // length * length

    def _fresh(self) -> Counted:
        return Counted(self._bundle)

    def _shown(self) -> str | None:
        return None if self._history is None else self._history.shown


def _guarded_of(arrays: Mapping[str, Array], made: Predictions) -> Filling:
    """The rows that guards look at: all of them, or where a thousand and more come at once the first `GUARDED`."""
    if len(made) < ROWS:
        return dict(arrays), made
    first = np.arange(GUARDED)
    return {name: array[:GUARDED] for name, array in arrays.items()}, taken(made, first)
