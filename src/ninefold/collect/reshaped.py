"""A table with a row for each moment, read with a row for what is asked about: a series, a window, a forecast."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.folding import fold
from ninefold.collect.origins import origins
from ninefold.collect.source import Given, Source, Table
from ninefold.core.problem import Wishes


def reshaped(source: Source, wishes: Wishes) -> Source:
    """``source`` as the wishes ask for it; its table is read once, and refused as `fold` and `origins` do."""
    moments = wishes.series is not None or wishes.forecast is not None
    return Source(source.given, _Reshaped(source, wishes)) if moments else source


@dataclass(frozen=True)
class _Reshaped:
    """Reads what another source has read."""

    source: Source
    wishes: Wishes

    def claim(self, given: Given) -> int:
        return self.source.reader.claim(given)

    def name(self, given: Given) -> str:
        return self.source.reader.name(given)

    def read(self, given: Given) -> Table:
        return (fold if self.wishes.forecast is None else origins)(self.source.table, self.wishes)
