"""A model in the shadow: it predicts the rows that another one has answered, later, and what differs is counted."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.model import CHUNK, Model
from ninefold_runtime.serving.split import TROUBLE

Array = NDArray[Any]
MOST_WAITING = 256
"""Answers that wait for the shadow, each of at most `CHUNK` rows; of more, the shadow misses the rows."""


class Shadow:
    """``run`` is handed each call of the champion's graph; a thread of its own asks the shadow's."""

    def __init__(self, model: Model) -> None:
        self.rows = self.agreed = self.missed = self.failures = 0
        self.total = self.squares = self.largest = 0.0
        self._model = model
        self._waiting: queue.SimpleQueue[tuple[dict[str, Array], list[Array]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def see(self, feed: Mapping[str, Array], outputs: Sequence[Array]) -> None:
        """Keep a copy of wired rows and of what the champion's graph said of them, to be looked at later."""
        count = len(outputs[0])
        if self._waiting.qsize() >= MOST_WAITING:
            self.missed += count
            return
        self._waiting.put(({name: array.copy() for name, array in feed.items()}, list(outputs)))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
            self._thread.start()

    def state(self) -> dict[str, Any]:
        """Counts, for ``GET /monitor``. ``agreement``: share of the rows with the same label."""
        rows = max(self.rows, 1)
        labelled = self._model.schema.target.decides
        return {
            "rows": self.rows,
            "missed": self.missed,
            "failures": self.failures,
            "waiting": self._waiting.qsize(),
            "agreement": self.agreed / rows if labelled and self.rows else None,
            "mean_difference": self.total / rows,
            "root_mean_square_difference": float(np.sqrt(self.squares / rows)),
            "largest_difference": self.largest,
        }

    def _work(self) -> None:
        while True:
            seen = [self._waiting.get()]
            count = len(seen[0][1][0])
            while count < CHUNK and not self._waiting.empty():
                seen.append(self._waiting.get())
                count += len(seen[-1][1][0])
            self._compare(seen)

    def _compare(self, seen: Sequence[tuple[dict[str, Array], list[Array]]]) -> None:
        feed = {name: np.concatenate([arrays[name] for arrays, _ in seen]) for name in seen[0][0]}
        outputs = [np.concatenate(parts) for parts in zip(*(said for _, said in seen), strict=True)]
        try:
            theirs = self._model.run({name: feed[name] for name in self._model.schema.names})
        except TROUBLE:
            self.failures += len(outputs[0])
            return
        difference = np.abs(outputs[0].astype(np.float64) - theirs[0])
        each = difference.reshape(len(difference), -1).max(axis=1)
        same = (outputs[-1] == theirs[-1]).reshape(len(each), -1).all(axis=1)
        self.total += float(each.sum())
        self.squares += float((each**2).sum())
        self.largest = max(self.largest, float(each.max()))
        self.agreed += int(same.sum())
        self.rows += len(each)
