"""What came of an experiment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breaking.room import Room


@dataclass
class Outcome:
    """``times`` it was done; ``troubles`` say where a promise was not kept; ``counts`` are told beside them."""

    times: int = 0
    troubles: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)

    def note(self, what: str, trouble: str = "") -> None:
        """One time more, which ended in ``what``; ``trouble``, empty where all promises were kept, is told at once."""
        self.times += 1
        self.count(what)
        if trouble:
            self.troubles.append(trouble)
            print(f"  {trouble}", file=sys.stderr, flush=True)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    @property
    def told(self) -> str:
        counted = [f"{count:,} {what}" for what, count in sorted(self.counts.items(), key=lambda pair: -pair[1])]
        return "; ".join([*counted, *self.figures])


@dataclass(frozen=True)
class Experiment:
    """``target`` in words; ``times`` when not asked for otherwise, 0 where a list and not a number says how often."""

    name: str
    title: str
    target: str
    times: int
    do: Callable[[Room, int], Outcome]
