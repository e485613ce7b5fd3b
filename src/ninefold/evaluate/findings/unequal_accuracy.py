"""NF763: the model is right more often in one group than in another, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import HOW, apart, told
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import ACCURACY

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalAccuracy:
    about: ClassVar[About] = About(
        "NF763",
        "The model is right more often for some groups",
        means="The share of right decisions differs between groups beyond chance.",
        how=f"{HOW}it is above {MARGIN}.",
        action="See the error rates of the groups first. Where these differ too, bring more rows of the group, "
        "and columns that tell more about it.",
        mistaken="A group with more of one class is easier by itself.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        found = apart(evidence.evaluation, (ACCURACY,), MARGIN)
        return told(
            self.about,
            found,
            "A group with more of one class is easier by itself: see its error rates first. Where these differ too, "
            "bring more rows of the group, and columns that tell more about it.",
        )
