"""What a stream remembers of new rows: counts that can be added, written and read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ninefold_runtime.monitor.report import Alarm
from ninefold_runtime.tally import Moments, Tally, both, discreet, merged

FORMAT = 1
CHANCES = 1000
"""Bins of equal width, 0 to 1, over which probabilities are counted."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Rows by cell. ``confidence`` is the probability of the label that was given, by its moments and in `CHANCES`
    bins; ``reference`` the digest of the sketches whose cells these are."""

    format: int = FORMAT
    reference: str
    rows: int = 0
    columns: dict[str, Tally] = {}
    scores: dict[str, Tally] = {}
    confidence: Moments = Moments()
    chances: tuple[int, ...] = (0,) * CHANCES
    alarms: tuple[Alarm, ...] = ()

    def __add__(self, more: Counts) -> Counts:
        return Counts(
            reference=self.reference,
            rows=self.rows + more.rows,
            columns=_added(self.columns, more.columns),
            scores=_added(self.scores, more.scores),
            confidence=both(self.confidence, more.confidence),
            chances=tuple(map(int.__add__, self.chances, more.chances)),
            alarms=self.alarms + more.alarms,
        )

    def fits(self, other: Counts) -> bool:
        """Whether both were counted over the same cells."""
        return (self.format, self.reference) == (other.format, other.reference)

    def discreet(self) -> Counts:
        """Fit to be kept: see `ninefold_runtime.tally.discreet`."""
        return msgspec.structs.replace(self, columns={name: discreet(tally) for name, tally in self.columns.items()})


def _added(held: Mapping[str, Tally], more: Mapping[str, Tally]) -> dict[str, Tally]:
    """A column that only one side has counted is as that side counted it."""
    shared = {name: merged(held[name], more[name]) for name in held.keys() & more.keys()}
    return {**held, **more, **shared}
