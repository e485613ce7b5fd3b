"""NF763: the model is right more often in one group than in another, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import ACCURACY

MARGIN = 0.1


@dataclass(frozen=True)
class UnequalAccuracy:
    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (ACCURACY,), MARGIN)
        if not found:
            return None
        return Finding(
            "NF763",
            "warning",
            "The model is right more often for some groups",
            evidence(found),
            "A group with more of one class is easier by itself: see its error rates first. Where these differ too, "
            "bring more rows of the group, and columns that tell more about it.",
            columns(found),
        )
