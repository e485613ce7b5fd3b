"""NF701: the sealed rows do not show that the model is better than the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number, scored
from ninefold_runtime.schema import SPOKEN


@dataclass(frozen=True)
class NoSkill:
    about: ClassVar[About] = About(
        "NF701",
        "Not better than the baseline",
        means="The model may be no better than saying the same of every row.",
        how="The 95 % interval of the score on sealed rows (bootstrap) contains the baseline's score, or lies behind "
        "it.",
        action="Do not deploy it. Bring columns that say more about the target, or more rows, or a larger budget.",
        mistaken="With few sealed rows a useful model can be caught; its title then says perhaps.",
        level="serious",
        questions=(9, 47),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        score = evidence.evaluation.headline
        base = score.baseline or 0.0
        if (score.low > base) if score.higher_is_better else (score.high < base):
            return None
        spoken = evidence.problem.task in SPOKEN
        more = "more texts" if spoken else "columns that say more about the target, or more rows"
        ahead = score.value > base if score.higher_is_better else score.value < base
        return self.about.finding(
            f"{scored(score)} on {evidence.evaluation.rows:,} sealed rows; the baseline has {number(base)}",
            f"Do not deploy it. Bring {more}, or a larger budget.",
            title="Perhaps no better than the baseline" if ahead else None,
        )
