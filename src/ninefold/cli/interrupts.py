"""Ctrl-C in a run: the first stops the search and keeps the best, the second gives up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable(stop: threading.Event, notice: Callable[[], None]) -> Iterator[None]:
    """While open, SIGINT and SIGTERM set ``stop``; once it is set, SIGINT raises KeyboardInterrupt as usual."""

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            signal.default_int_handler(number, frame)
        stop.set()
        notice()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
