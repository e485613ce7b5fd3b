"""NF506: columns may say more together than apart. Answer: the best learner of each view gets created columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.select.actions._variants import on_variants
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate


@dataclass(frozen=True)
class CreatedFeatures:
    about: ClassVar[About] = About(
        "NF506",
        "Columns may say more together",
        means="Ratios, products, group means and crossed categories can say what no column says alone; learners that "
        "add up single columns cannot find them by themselves.",
        how="Not measured beforehand: the best learner of each view is tried on the view with created columns, which "
        "keeps a column only if it pays on inner folds. Goes on with other learners where the first gained.",
        action="The search does it. Columns that you know to belong together (a rate, a difference of dates) are "
        "better made in the source.",
        mistaken="Most tables gain nothing, and the report then says so.",
        level="info",
        questions=(5, 11),
    )
    answer: ClassVar[str] = "create columns from pairs"

    def advise(self, situation: Situation) -> list[Candidate]:
        return on_variants(situation, ("plain", "encoded", "scaled"), "created", self.about.code)
