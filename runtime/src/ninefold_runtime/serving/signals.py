"""Signals as something that a selector waits for."""

from __future__ import annotations

import contextlib
import selectors
import signal
import socket
from collections import deque
from types import FrameType, TracebackType


class Signals:
    """While inside, signals wake the selector and are put down in ``noted`` instead of ending the process."""

    def __init__(self, selector: selectors.BaseSelector, noted: deque[int]) -> None:
        self._selector = selector
        self._noted = noted

    def __enter__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        for end in (self._ours, theirs):
            end.setblocking(False)
        self._selector.register(self._ours, selectors.EVENT_READ, self._wake)
        self._before_wakeup = signal.set_wakeup_fd(theirs.fileno())
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        self._before = {number: signal.signal(number, self._note) for number in numbers}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._before_wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()

    def _note(self, number: int, _: FrameType | None) -> None:
        self._noted.append(number)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._ours.recv(1 << 10)
