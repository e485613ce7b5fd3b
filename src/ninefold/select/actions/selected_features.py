"""NF507: of many columns some may only add noise. Answer: the best learner of each view does without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.select.actions._variants import on_variants
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

ROWS_PER_COLUMN = 200
"""From so many rows per column on, learners tell noise by themselves."""


@dataclass(frozen=True)
class SelectedFeatures:
    about: ClassVar[About] = About(
        "NF507",
        "Many columns for the rows",
        means="Of many columns some say nothing, and a learner takes chance for knowledge in each of them.",
        how=f"Fewer than {ROWS_PER_COLUMN} training rows per column of the widest view.",
        action="The search tries the best learner of each view on selected columns; the selection is made anew inside "
        "every fold.",
        mistaken="Trees and L1 leave out by themselves, so often nothing is gained.",
        level="info",
        questions=(5, 15),
    )
    answer: ClassVar[str] = "leave out what says no more than chance"

    def advise(self, situation: Situation) -> list[Candidate]:
        columns = max(len(recipe.columns) for recipe in situation.features.recipes)
        if situation.dataset.train_rows >= ROWS_PER_COLUMN * columns:
            return []
        return on_variants(situation, ("plain", "scaled"), "selected", self.about.code)
