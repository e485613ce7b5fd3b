"""NF760: groups are decided positive in shares that differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import HOW, apart, told
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import SELECTION

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalSelection:
    about: ClassVar[About] = About(
        "NF760",
        "Groups are selected at different rates",
        means="Groups of a sensitive column are decided positive in shares that differ beyond chance.",
        how=f"{HOW}it is above {MARGIN}.",
        action="Whether rates should be equal depends on what the decision is for, and on the law that applies. "
        "--fair demographic-parity shows what equal rates would cost.",
        mistaken="Groups may differ in what the decision is about. Groups of fewer than 30 rows are not judged.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        found = apart(evidence.evaluation, (SELECTION,), MARGIN)
        return told(
            self.about,
            found,
            "Whether they should be is not in the data: it depends on what the decision is for, and on the law that "
            "applies. With --fair demographic-parity the search shows what equal rates would cost.",
        )
