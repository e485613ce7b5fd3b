"""NF703: most of what was learned from the training rows is lost on sealed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence

ACTION = (
    "Regularise more (fewer or smaller trees, a stronger penalty), drop columns that carry noise, or bring more rows."
)


@dataclass(frozen=True)
class Overfit:
    about: ClassVar[About] = About(
        "NF703",
        "Overfitting",
        means="Most of what the model learned from its training rows does not hold on others.",
        how="The members' score on training rows lies beyond the sealed score's interval, and more than half of the "
        "skill (the distance from the baseline) is lost on sealed rows.",
        action="Regularise more (fewer or smaller trees, a stronger penalty), drop columns that carry noise, or bring "
        "more rows. During the search NF502 does so by itself.",
        mistaken="A gap alone is normal for flexible learners and is not called overfitting.",
        questions=(4, 10),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        verdict = evidence.evaluation.verdict
        if verdict.kind != "overfit":
            return None
        return self.about.finding(verdict.sentence, ACTION)
