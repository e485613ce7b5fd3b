"""Rows on their way to being counted: kept as they came, for seconds at most, and joined when there are enough."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.counted import joined

ROWS, MOST = 1_000, 20_000
"""Rows that are worth counting at once, and rows that may wait; what comes on top is dropped, and counted."""
Array = NDArray[Any]
Filling = tuple[dict[str, Array], Predictions]


class Buffer:
    """``put`` is called by whoever answers, ``take`` by the thread that counts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[tuple[Mapping[str, Array], Predictions]] = []
        self._rows = 0
        self.dropped = 0

    def put(self, arrays: Mapping[str, Array], made: Predictions) -> bool:
        """Whether there is now enough to be counted."""
        with self._lock:
            if self._rows and self._rows + len(made) > MOST:
                self.dropped += len(made)
            else:
                self._waiting.append((arrays, made))
                self._rows += len(made)
            return self._rows >= ROWS

    def take(self) -> Filling | None:
        """All that waits, in one; None where nothing does."""
        with self._lock:
            waiting, self._waiting, self._rows = self._waiting, [], 0
        if not waiting:
            return None
        names = waiting[0][0]
        arrays = {name: np.concatenate([each[name] for each, _ in waiting]) for name in names}
        return arrays, joined([made for _, made in waiting])
