"""What all writers of a history have counted, read again only where it has changed."""

from __future__ import annotations

from collections.abc import Callable

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import BundleFault
from ninefold_runtime.monitor.counted import Counted, digest_of
from ninefold_runtime.monitor.history import History, Window

RECENT = 86_400.0
"""Seconds of rows that the drift and the estimate of a service speak of."""
REMEMBERED = 30 * 86_400.0
"""Seconds of labels that evidence is made of."""
SKEW = 60.0
"""Seconds by which two machines' clocks may differ."""


class Shared:
    """The windows of a bundle, of the last `REMEMBERED` seconds."""

    def __init__(self, bundle: Bundle, make: Callable[[], Counted]) -> None:
        self._digest = digest_of(bundle)
        self._make = make
        self._known: dict[tuple[float, str], tuple[Window, Counted]] = {}
        self._read_at = 0.0
        self.unreadable = 0

    def refresh(self, history: History, now: float) -> None:
        """Read what was written since the last time.

        Raises:
            MonitorError: when the store fails.
        """
        for window in history.windows(self._digest, now - REMEMBERED, self._read_at - SKEW):
            key = (window.start, window.writer)
            if key in self._known and self._known[key][0] == window:
                continue
            counted = self._make()
            try:
                counted.decode(window.counts)
            except BundleFault:  # damaged, or written by another version: the others still count
                self.unreadable += 1
                continue
            self._known[key] = (window, counted)
        self._read_at = now
        self._known = {key: kept for key, kept in self._known.items() if key[0] >= now - REMEMBERED}

    def recent(self, now: float, own: tuple[str, float, Counted] | None = None) -> Counted:
        """All rows of the last day, and of ``own``, a window of the asker that may not be written yet."""
        whole = self._make()
        for (start, writer), (_, counted) in sorted(self._known.items(), key=lambda item: item[0]):
            if start >= now - RECENT - 3600 and (own is None or (writer, start) != own[:2]):
                whole.merge(counted)
        if own is not None:
            whole.merge(own[2])
        return whole

    def labelled(self, own: tuple[str, float, Counted] | None = None) -> list[Counted]:
        """One per window of time in which labels came, in order."""
        parts = [(start, writer, counted) for (start, writer), (_, counted) in self._known.items()]
        if own is not None:
            parts = [part for part in parts if (part[1], part[0]) != own[:2]] + [(own[1], own[0], own[2])]
        told: dict[float, Counted] = {}
        for start, _, counted in sorted(parts, key=lambda part: part[:2]):
            if counted.labelled is not None:
                told.setdefault(start, self._make()).merge(counted)
        return list(told.values())
