"""What all writers of a history have counted, read again only where it has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import BundleFault
from ninefold_runtime.monitor.counted import Counted, digest_of
from ninefold_runtime.monitor.history import History
from ninefold_runtime.monitor.outcomes import Outcomes

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
Part = tuple[tuple[float, str], float, Counted]
"""When it began and its writer; when it was written; its counts."""


@dataclass(frozen=True)
class _Known:
    """``counted`` is None once it is too old to be told: its labels still count."""

    written: float
    counted: Counted | None
    labelled: Outcomes | None


class Shared:
    """The windows of a bundle: whole those of the last ``kept`` seconds, the labels of the last `REMEMBERED`."""

    def __init__(self, bundle: Bundle, make: Callable[[], Counted], kept: float = RECENT) -> None:
        self._digest = digest_of(bundle)
        self._make, self._kept = make, kept
        self._known: dict[tuple[float, str], _Known] = {}
        self._read_at = 0.0
        self._summed: tuple[tuple[object, ...], Counted] = ((), make())
        self.unreadable = 0

    def refresh(self, history: History, now: float) -> None:
        """Read what was written since the last time.

        Raises:
            MonitorError: when the store fails.
        """
        whole = now - self._kept - WINDOW
        for window in history.windows(self._digest, now - REMEMBERED, self._read_at - SKEW, whole):
            key = (window.start, window.writer)
            if key in self._known and self._known[key].written == window.written:
                continue
            counted = self._make()
            try:
                counted.decode(window.counts)
            except BundleFault:  # damaged, or written by another version: the others still count
                self.unreadable += 1
                continue
            self._known[key] = _Known(window.written, counted, counted.labelled)
        self._read_at = now
        for key, known in list(self._known.items()):
            if key[0] < now - REMEMBERED:
                del self._known[key]
            elif key[0] < whole and known.counted is not None:
                self._known[key] = replace(known, counted=None)

    def recent(self, now: float, own: Own | None = None) -> Counted:
        """All rows of the last day, and of ``own``, a window of the asker that may not be written yet."""
        return self.whole(now - RECENT - WINDOW, own)

    def whole(self, since: float, own: Own | None = None) -> Counted:
        """All rows of the windows that began at ``since`` or later."""
        parts = sorted((part for part in self._parts(own) if part[0][0] >= since), key=lambda part: part[0])
        newest = parts[-1][0][0] if parts else 0.0
        whole = self._make()
        whole.merge(self._over([part for part in parts if part[0][0] < newest]))
        for key, _, counted in parts:
            if key[0] == newest:
                whole.merge(counted)
        return whole

    def _over(self, parts: list[Part]) -> Counted:
        """Those whose time is over change no more, so that their sum is kept."""
        keys = tuple(part[:2] for part in parts)
        if keys != self._summed[0]:
            total = self._make()
            for _, _, counted in parts:
                total.merge(counted)
            self._summed = keys, total
        return self._summed[1]

    def labelled(self, own: Own | None = None) -> list[Outcomes]:
        """The labels that came, one for each window of time in which some did, in order."""
        parts = [(key, known.labelled) for key, known in self._known.items() if own is None or key != own[:2]]
        parts += [] if own is None else [(own[:2], own[2].labelled)]
        told: dict[float, Outcomes] = {}
        for (start, _), labels in sorted(parts, key=lambda part: part[0]):
            if labels is not None:
                told[start] = told[start].plus(labels) if start in told else labels
        return list(told.values())

    def windows(self) -> list[tuple[float, Counted]]:
        """One per window of time, in order, whoever counted."""
        told: dict[float, Counted] = {}
        for (start, _), _, counted in sorted(self._parts(None), key=lambda part: part[0]):
            told.setdefault(start, self._make()).merge(counted)
        return list(told.items())

    def _parts(self, own: Own | None) -> list[Part]:
        parts = [
            (key, known.written, known.counted)
            for key, known in self._known.items()
            if known.counted is not None and (own is None or key != own[:2])
        ]
        return parts if own is None else [*parts, (own[:2], 0.0, own[2])]
