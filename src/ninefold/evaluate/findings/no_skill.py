"""NF701: the sealed rows do not show that the model is better than the baseline."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number, scored


@dataclass(frozen=True)
class NoSkill:
    def find(self, evidence: Evidence) -> Finding | None:
        score = evidence.evaluation.headline
        base = score.baseline or 0.0
        if (score.low > base) if score.higher_is_better else (score.high < base):
            return None
        ahead = score.value > base if score.higher_is_better else score.value < base
        return Finding(
            "NF701",
            "serious",
            "Perhaps no better than the baseline" if ahead else "Not better than the baseline",
            f"{scored(score)} on {evidence.evaluation.rows:,} sealed rows; the baseline has {number(base)}",
            "Do not deploy it. Bring columns that say more about the target, or more rows, or a larger budget.",
        )
