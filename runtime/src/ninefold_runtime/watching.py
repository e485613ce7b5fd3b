"""An observer beside the service: it sees answers in a thread of its own, and its troubles are only counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

from numpy.typing import NDArray

from ninefold_runtime.model import Predictions

Array = NDArray[Any]
T = TypeVar("T")
MOST = 64
"""Batches that may wait to be seen; more are not shown, and counted."""


class Observer(Protocol):
    """Whoever watches what a model is asked and answers. All is called in one thread, never two at once."""

    @property
    def errors(self) -> int:
        """What failed without being raised."""

    @property
    def dropped(self) -> int:
        """Rows that it was shown and could not look at."""

    def observe(self, arrays: Mapping[str, Array], predictions: Predictions) -> None:
        """Wired columns [N] and what was predicted of them: some hundred single rows, or one request."""

    def metrics(self) -> Iterable[str]:
        """Whole families in the Prometheus text format, each led by its HELP and TYPE."""

    def state(self) -> dict[str, Any]:
        """What ``GET /monitor`` answers."""

    def remember(self, ids: Sequence[str], predictions: Predictions) -> None:
        """Keep what was predicted until labels come for these ids; called in any thread, and quick."""

    def label(self, labels: Mapping[str, object]) -> dict[str, Any]:
        """Labels by id, and what ``POST /labels`` answers; called in any thread.

        Raises:
            MonitorError: they cannot be kept.
        """

    def close(self) -> None:
        """Nothing more will come."""


@dataclass
class Watching:
    observer: Observer
    errors: int = 0
    unseen: int = 0
    """Rows that were not shown since too many waited."""
    _waiting: int = 0
    _lock: Lock = field(default_factory=Lock)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "observer"))

    def show(self, arrays: Mapping[str, Array], predictions: Predictions) -> None:
        with self._lock:
            if self._waiting >= MOST:
                self.unseen += len(predictions)
                return
            self._waiting += 1
        self._thread.submit(self.observer.observe, arrays, predictions).add_done_callback(self._seen)

    def _seen(self, future: Future[None]) -> None:
        with self._lock:
            self._waiting -= 1
            self.errors += future.exception() is not None

    @property
    def failures(self) -> int:
        return self.errors + self.observer.errors

    @property
    def missed(self) -> int:
        """Rows that the observer has not looked at."""
        return self.unseen + self.observer.dropped

    async def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """What the observer says once it has seen all that was shown before."""
        future = self._thread.submit(question)
        await asyncio.wait([asyncio.wrap_future(future)])
        if future.exception() is None:
            return future.result()
        self.errors += 1
        return otherwise

    def close(self) -> None:
        """Waits until it has seen all."""
        self._thread.shutdown()
        self.observer.close()
