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
WINDOW = 3600.0
"""Seconds that a service's window lasts."""
SKEW = 60.0
"""Seconds by which two machines' clocks may differ."""

Own = tuple[float, str, Counted]
"""A window: when it began, its writer, its counts."""


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

    def recent(self, now: float, own: Own | None = None) -> Counted:
        """All rows of the last day, and of ``own``, a window of the asker that may not be written yet."""
        return self.whole(now - RECENT - WINDOW, own)

    def whole(self, since: float, own: Own | None = None) -> Counted:
        """All rows of the windows that began at ``since`` or later."""
        whole = self._make()
        for start, counted in self.windows(own):
            if start >= since:
                whole.merge(counted)
        return whole

    def labelled(self, own: Own | None = None) -> list[Counted]:
        """The windows in which labels came, in order."""
        return [counted for _, counted in self.windows(own) if counted.labelled is not None]

    def windows(self, own: Own | None = None) -> list[tuple[float, Counted]]:
        """One per window of time, in order, whoever counted."""
        parts = [(key[0], kept[1]) for key, kept in self._known.items() if own is None or key != own[:2]]
        parts += [] if own is None else [(own[0], own[2])]
        told: dict[float, Counted] = {}
        for start, counted in sorted(parts, key=lambda part: part[0]):
            if start not in told:
                told[start] = self._make()
            told[start].merge(counted)
        return list(told.items())
