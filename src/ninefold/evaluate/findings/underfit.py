"""NF704: the model does poorly even on rows it was fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence

ACTION = "Allow more flexible learners, less regularisation or a longer budget, or add columns."


@dataclass(frozen=True)
class Underfit:
    about: ClassVar[About] = About(
        "NF704",
        "Underfitting",
        means="The model does poorly even on rows it was fitted on, and nothing more flexible was tried enough.",
        how="Less than half of the skill of a perfect model on training rows, and no trial did much better there than "
        "in validation (1.25 times).",
        action="Allow more flexible learners, less regularisation or a longer budget, or add columns. During the "
        "search NF503 does so by itself.",
        mistaken="Where the target is mostly chance, nothing better can be had; then more flexible trials would have "
        "overfitted, which is why they are looked at.",
        questions=(4, 11),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        verdict = evidence.evaluation.verdict
        if verdict.kind != "underfit":
            return None
        return self.about.finding(verdict.sentence, ACTION)
