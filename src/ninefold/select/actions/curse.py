"""NF505: too many columns for the rows, or distances that no longer tell near from far. Answer: fewer columns.

The best learner on scaled columns is tried on the views that reduce or select them, where there are any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Geometry
from ninefold.core.section import Finding
from ninefold.core.words import counted
from ninefold.select.actions._varying import with_view
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate
from ninefold.select.geometry import LOW_CONTRAST, ROWS_PER_COLUMN, SAMPLE, is_cursed

FROM = "scaled"
FEWER = ("scaled+pca", "scaled+selected")


@dataclass(frozen=True)
class Curse:
    about: ClassVar[About] = About(
        "NF505",
        "Curse of dimensionality",
        means="There are many columns for the rows, or distances no longer tell near rows from far ones. Neighbours "
        "mean little then, and weights for every column are learned from too little.",
        how=f"Fewer than {ROWS_PER_COLUMN} training rows for each column, or a relative contrast of distances below "
        f"{LOW_CONTRAST:.0f} among {SAMPLE} rows (Beyer and others 1999): the farthest row is then not twice as "
        "far as the nearest.",
        action="The search tries the best learner on principal axes and on selected columns. Leave out columns that "
        "cannot matter (--drop), or bring more rows.",
        mistaken="Learners that choose columns by themselves (trees, L1) suffer less than the rule says. Text "
        "becomes many columns only after this count.",
        questions=(15,),
    )
    answer: ClassVar[str] = "use fewer columns"

    def advise(self, situation: Situation) -> list[Candidate]:
        views = [recipe.view for recipe in situation.features.recipes if recipe.view.startswith(FEWER)]
        best = next((entry for entry in situation.finished if entry.candidate.view == FROM), None)
        if best is None or not views or not is_cursed(situation.geometry):
            return []
        return [with_view(best, view, self.about.code) for view in views[: len(FEWER)]]


def unanswered(found: Geometry | None) -> Finding | None:
    """The finding where the search had no time to answer it."""
    if found is None or not is_cursed(found):
        return None
    far = "" if found.contrast is None else f"; relative contrast of distances {found.contrast:.2g}"
    evidence = f"{found.rows:,} training rows for {counted(found.columns, 'column')}{far}"
    action = (
        "Leave out columns that cannot matter (--drop), bring more rows, or give the search time to try fewer columns."
    )
    return Curse.about.finding(evidence, action)
