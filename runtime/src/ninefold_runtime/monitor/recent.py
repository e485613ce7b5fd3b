"""Counts of the latest rows, however far one looks back: older rows are kept in ever larger lots."""

from __future__ import annotations

from ninefold_runtime.monitor.counts import Counts

LOT = 250
"""Rows of the newest lot, at least, before the next is begun."""


class Recent:
    """At most three lots of each size are kept, LOT rows and then doubling: some dozens for a million rows."""

    def __init__(self) -> None:
        self._lots: list[Counts] = []

    def add(self, counts: Counts) -> None:
        if self._lots and self._lots[-1].rows < LOT:
            self._lots[-1] += counts
        else:
            self._lots.append(counts)
            self._gather()

    def latest(self, rows: int) -> Counts:
        """The newest lots that hold at least ``rows`` together, or all there are."""
        lots = reversed(self._lots)
        found = next(lots)
        while found.rows < rows and (older := next(lots, None)) is not None:
            found = older + found
        return found

    def _gather(self) -> None:
        """Join the two oldest of four lots of about one size."""
        size, last = LOT, len(self._lots) - 1
        while True:
            same = [place for place, lot in enumerate(self._lots[:last]) if size <= lot.rows < 2 * size]
            if len(same) < 4:
                return
            self._lots[same[0] : same[1] + 1] = [self._lots[same[0]] + self._lots[same[1]]]
            size, last = 2 * size, same[0] + 1
