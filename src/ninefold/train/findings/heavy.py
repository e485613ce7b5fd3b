"""NF602: the graph is large, or slow to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Model
from ninefold.core.section import Finding
from ninefold.core.words import size

LARGE = 20_000_000
SLOW = 10_000.0


@dataclass(frozen=True)
class Heavy:
    about: ClassVar[About] = About(
        "NF602",
        "The graph is heavy",
        means="The model takes long to load and to send, or long to answer: more than most services want to wait "
        "for one row, most of it for the last digit of the score.",
        how=f"The file is larger than {size(LARGE)}, or one bare call with one row takes more than {SLOW / 1000:.0f} "
        "ms (the median of fifty, one thread, on the machine that trained).",
        action="Set limits and run again: --max-size 5MB, --max-latency 1ms. The search then leaves out what does "
        "not fit.",
        mistaken="For work in batches, time per row is far less than a single call says; size seldom matters on a "
        "server.",
        level="info",
        questions=(22, 35),
    )

    def find(self, seen: Model) -> Finding | None:
        slow = seen.microseconds is not None and seen.microseconds > SLOW
        if seen.bytes <= LARGE and not slow:
            return None
        taken = "" if seen.microseconds is None else f", one answer takes {seen.microseconds / 1000:.1f} ms"
        evidence = f"the graph has {size(seen.bytes)}{taken}"
        return self.about.finding(evidence, "Set limits and run again: --max-size, --max-latency.")
