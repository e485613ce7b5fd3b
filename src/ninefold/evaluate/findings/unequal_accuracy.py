"""NF763: the model is right more often in one group than in another, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import ACCURACY

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalAccuracy:
    about: ClassVar[About] = About(
        "NF763",
        "The model is right more often for some groups",
        means="The share of right decisions differs between groups beyond chance.",
        how="The widest difference between two groups of at least 30 sealed rows, held against the range "
        "that groups with the same errors would show by chance (95 % over all measures and columns, "
        "Bonferroni), and told where it is above 0.1.",
        action="See the error rates of the groups first. Where these differ too, bring more rows of the group, "
        "and columns that tell more about it.",
        mistaken="A group with more of one class is easier by itself.",
        questions=(50,),
    )

    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (ACCURACY,), MARGIN)
        if not found:
            return None
        return self.about.finding(
            evidence(found),
            "A group with more of one class is easier by itself: see its error rates first. Where these differ too, "
            "bring more rows of the group, and columns that tell more about it.",
            columns=columns(found),
        )
