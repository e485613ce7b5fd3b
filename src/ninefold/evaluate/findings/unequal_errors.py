"""NF761: groups are decided wrongly at rates that differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import HOW, apart, told
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import FALSE, TRUE

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalErrors:
    about: ClassVar[About] = About(
        "NF761",
        "Groups are decided wrongly at different rates",
        means="True or false positives of groups differ beyond chance: mistakes fall on some more than on others.",
        how=f"{HOW}it is above {MARGIN}.",
        action="Bring more rows of the group that fares worse, and columns that tell more about it. --fair "
        "equalised-odds or equal-opportunity shows what equal rates would cost.",
        mistaken="Where one group has the positive class more often, one threshold for all gives different error "
        "rates even with perfect probabilities.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        found = apart(evidence.evaluation, (TRUE, FALSE), MARGIN)
        return told(
            self.about,
            found,
            "Bring more rows of the group that fares worse, and columns that tell more about it; with --fair "
            "equalised-odds or equal-opportunity the search shows what equal rates would cost.",
        )
