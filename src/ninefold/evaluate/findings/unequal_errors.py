"""NF761: groups are decided wrongly at rates that differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import FALSE, TRUE

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalErrors:
    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (TRUE, FALSE), MARGIN)
        if not found:
            return None
        return Finding(
            "NF761",
            "warning",
            "Groups are decided wrongly at different rates",
            evidence(found),
            "Bring more rows of the group that fares worse, and columns that tell more about it; with --fair "
            "equalised-odds or equal-opportunity the search shows what equal rates would cost.",
            columns(found),
        )
