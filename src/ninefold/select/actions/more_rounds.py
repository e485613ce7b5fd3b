"""NF504: growth ended at its limit, not because it had stopped to pay. Answer: a limit twice as high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ninefold.core import parts
from ninefold.core.findings import About
from ninefold.select.actions._varying import with_settings
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Entry

STOPS = "patience"
"""The setting of learners that stop growing by themselves; for the others the limit is simply the size."""


@dataclass(frozen=True)
class MoreRounds:
    about: ClassVar[About] = About(
        "NF504",
        "Growth ended at its limit",
        means="A learner that stops growing by itself (trees, epochs) was stopped by its limit while it still gained.",
        how="In most folds the number of rounds equals the limit, though the learner watches validation rows to stop "
        "early.",
        action="The search tries twice as many. A larger budget leaves time for it.",
        mistaken="The last rounds may gain next to nothing.",
        level="info",
        questions=(11,),
    )
    answer: ClassVar[str] = "grow longer"

    def advise(self, situation: Situation) -> list[Candidate]:
        found: list[Candidate] = []
        for entry in situation.leaders:
            learner = situation.learners[entry.candidate.learner]
            growth = parts.growth(learner)
            if growth and STOPS in entry.candidate.settings and _capped(entry, growth):
                found += with_settings(entry, {growth: _doubled(entry, growth, learner)}, self.about.code)
        return found


def _capped(entry: Entry, growth: str) -> bool:
    """Most folds grew as far as they were allowed."""
    capped = [entry.done[k].rounds == entry.candidate.settings[growth] for k in entry.scored]
    return 2 * sum(capped) > len(capped)


def _doubled(entry: Entry, growth: str, learner: type[Any]) -> int:
    limit, most = entry.candidate.settings[growth], parts.spaces(learner)[growth].high
    assert isinstance(limit, int)
    return 2 * limit if most is None else min(2 * limit, int(most))
