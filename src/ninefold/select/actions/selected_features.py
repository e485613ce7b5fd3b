"""NF507: of many columns some may only add noise. Answer: the best learner of each view does without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.select.actions._variants import on_variants
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

ROWS_PER_COLUMN = 200
"""From so many rows per column on, learners tell noise by themselves."""


@dataclass(frozen=True)
class SelectedFeatures:
    code: ClassVar[str] = "NF507"
    finding: ClassVar[str] = "Many columns for the rows"
    answer: ClassVar[str] = "leave out what says no more than chance"

    def advise(self, situation: Situation) -> list[Candidate]:
        columns = max(len(recipe.columns) for recipe in situation.features.recipes)
        if situation.dataset.train_rows >= ROWS_PER_COLUMN * columns:
            return []
        return on_variants(situation, ("plain", "scaled"), "selected", self.code)
