"""NF505: too many columns for the rows, or distances that no longer tell near from far. Answer: fewer columns.

The best learner on scaled columns is tried on the views that reduce or select them, where there are any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.select.actions._varying import with_view
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate
from ninefold.select.geometry import is_cursed

FROM = "scaled"
FEWER = ("scaled+pca", "scaled+selected")


@dataclass(frozen=True)
class Curse:
    code: ClassVar[str] = "NF505"
    finding: ClassVar[str] = "Curse of dimensionality"
    answer: ClassVar[str] = "use fewer columns"

    def advise(self, situation: Situation) -> list[Candidate]:
        views = [recipe.view for recipe in situation.features.recipes if recipe.view.startswith(FEWER)]
        best = next((entry for entry in situation.finished if entry.candidate.view == FROM), None)
        if best is None or not views or not is_cursed(situation.geometry):
            return []
        return [with_view(best, view, self.code) for view in views[: len(FEWER)]]
