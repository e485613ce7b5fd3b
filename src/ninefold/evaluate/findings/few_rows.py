"""NF707: the sealed rows are too few to tell the score well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import scored

FEW = 50
WIDE = 0.5
"""Width of the interval as a share of the skill, headline minus baseline."""


@dataclass(frozen=True)
class FewRows:
    about: ClassVar[About] = About(
        "NF707",
        "Few sealed rows",
        means="The score has been measured on so few rows that it could as well have come out quite differently.",
        how=f"Fewer than {FEW} sealed rows (a warning), or a 95 % interval wider than {WIDE:.0%} of the distance from "
        "the baseline (a remark).",
        action="Read the interval, not the number. More rows narrow it: four times as many halve it. See also "
        "NF316, on rows to learn from.",
        mistaken="A wide interval is also what a weak model has, however many rows there are.",
        questions=(8, 9),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        score = evaluation.headline
        skill = abs(score.value - (score.baseline or 0.0))
        if evaluation.rows >= FEW and score.high - score.low <= WIDE * skill:
            return None
        return self.about.finding(
            f"{scored(score)} on {evaluation.rows:,} sealed rows",
            "So few rows tell neither the score nor its interval well; bring more."
            if evaluation.rows < FEW
            else "Read the interval, not the number; more rows would narrow it (four times as many halve it).",
            level="warning" if evaluation.rows < FEW else "info",
        )
