"""NF707: the sealed rows are too few to tell the score well."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import scored

FEW = 50
WIDE = 0.5
"""Width of the interval as a share of the skill, headline minus baseline."""


@dataclass(frozen=True)
class FewRows:
    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        score = evaluation.headline
        skill = abs(score.value - (score.baseline or 0.0))
        if evaluation.rows >= FEW and score.high - score.low <= WIDE * skill:
            return None
        return Finding(
            "NF707",
            "warning" if evaluation.rows < FEW else "info",
            "Few sealed rows",
            f"{scored(score)} on {evaluation.rows:,} sealed rows",
            "So few rows tell neither the score nor its interval well; bring more."
            if evaluation.rows < FEW
            else "Read the interval, not the number; more rows would narrow it (four times as many halve it).",
        )
