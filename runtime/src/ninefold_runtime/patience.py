"""Requests end in time. One timer for all of them: a timer for each would cost as much as reading a row."""

from __future__ import annotations

import asyncio
import time
from typing import Any

_BEAT = 0.5
Task = asyncio.Task[Any]


class Patience:
    """Cancels the task of a request that is not done when its time is over."""

    def __init__(self) -> None:
        self._due: dict[Task, float] = {}
        self._over: set[Task] = set()
        self._beating = False

    def __len__(self) -> int:
        """Requests under way."""
        return len(self._due)

    def wait(self, task: Task, seconds: float) -> None:
        """``task`` has that long from now on, whatever it had before."""
        self._due[task] = time.monotonic() + seconds
        if not self._beating:
            self._beating = True
            asyncio.get_running_loop().call_later(_BEAT, self._beat)

    def done(self, task: Task) -> bool:
        """Whether it had been ended; it is forgotten."""
        self._due.pop(task, None)
        if task not in self._over:
            return False
        self._over.discard(task)
        task.uncancel()
        return True

    def _beat(self) -> None:
        now = time.monotonic()
        for task in [task for task, due in self._due.items() if due < now]:
            del self._due[task]
            self._over.add(task)
            task.cancel()
        self._beating = bool(self._due)
        if self._beating:
            asyncio.get_running_loop().call_later(_BEAT, self._beat)
