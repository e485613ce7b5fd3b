"""NF704: the model does poorly even on rows it was fitted on."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence

ACTION = "Allow more flexible learners, less regularisation or a longer budget, or add columns."


@dataclass(frozen=True)
class Underfit:
    def find(self, evidence: Evidence) -> Finding | None:
        verdict = evidence.evaluation.verdict
        if verdict.kind != "underfit":
            return None
        return Finding("NF704", "warning", "Underfitting", verdict.sentence, ACTION)
