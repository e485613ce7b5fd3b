"""NF762: the same probability means different things in different groups."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.apart import apart, columns, evidence
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import CALIBRATION

MARGIN = 0.05


@dataclass(frozen=True)
class UnequalCalibration:
    def find(self, evidence_: Evidence) -> Finding | None:
        found = apart(evidence_.evaluation, (CALIBRATION,), MARGIN)
        if not found:
            return None
        return Finding(
            "NF762",
            "warning",
            "Probabilities mean different things by group",
            evidence(found),
            "Do not compare probabilities across these groups. A column that tells them apart, or more rows of the "
            "group that is off, lets the model learn the difference.",
            columns(found),
        )
