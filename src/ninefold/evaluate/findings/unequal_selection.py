"""NF760: groups are decided positive in shares that differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import SELECTION

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalSelection:
    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (SELECTION,), MARGIN)
        if not found:
            return None
        return Finding(
            "NF760",
            "warning",
            "Groups are selected at different rates",
            evidence(found),
            "Whether they should be is not in the data: it depends on what the decision is for, and on the law that "
            "applies. With --fair demographic-parity the search shows what equal rates would cost.",
            columns(found),
        )
