"""NF703: most of what was learned from the training rows is lost on sealed rows."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence

ACTION = (
    "Regularise more (fewer or smaller trees, a stronger penalty), drop columns that carry noise, or bring more rows."
)


@dataclass(frozen=True)
class Overfit:
    def find(self, evidence: Evidence) -> Finding | None:
        verdict = evidence.evaluation.verdict
        if verdict.kind != "overfit":
            return None
        return Finding("NF703", "warning", "Overfitting", verdict.sentence, ACTION)
