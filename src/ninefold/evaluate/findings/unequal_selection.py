"""NF760: groups are decided positive in shares that differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import SELECTION

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalSelection:
    about: ClassVar[About] = About(
        "NF760",
        "Groups are selected at different rates",
        means="Groups of a sensitive column are decided positive in shares that differ beyond chance.",
        how="The widest difference between two groups of at least 30 sealed rows, held against the range "
        "that groups with the same errors would show by chance (95 % over all measures and columns, "
        "Bonferroni), and told where it is above 0.1.",
        action="Whether rates should be equal depends on what the decision is for, and on the law that applies. "
        "--fair demographic-parity shows what equal rates would cost.",
        mistaken="Groups may differ in what the decision is about. Groups of fewer than 30 rows are not judged.",
        questions=(50,),
    )

    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (SELECTION,), MARGIN)
        if not found:
            return None
        return self.about.finding(
            evidence(found),
            "Whether they should be is not in the data: it depends on what the decision is for, and on the law that "
            "applies. With --fair demographic-parity the search shows what equal rates would cost.",
            columns=columns(found),
        )
