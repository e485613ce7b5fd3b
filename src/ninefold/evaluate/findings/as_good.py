"""NF713: another speaker is as good on the sealed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number, scored


@dataclass(frozen=True)
class AsGood:
    about: ClassVar[About] = About(
        "NF713",
        "Another speaker is as good",
        means="The speaker that ships was the best on rows held back, but the sealed rows do not tell it from another "
        "one, which may be smaller and quicker.",
        how="The score of a speaker that was fitted as well, and is not the baseline, lies within the 95 % interval of "
        "the score on sealed rows (bootstrap), or beyond it.",
        action="Give the search more time with --budget, where the one that ships learns slowly; or ship the other one "
        "with --learner.",
        mistaken="Two speakers can have the same score and make quite different mistakes: read some of both.",
        questions=(9, 36),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        heard, score = evidence.evaluation.heard, evidence.evaluation.headline
        if heard is None or not heard.rivals:
            return None
        sign = 1 if score.higher_is_better else -1
        best = max(heard.rivals, key=lambda other: sign * other.score)
        if sign * best.score < sign * (score.low if score.higher_is_better else score.high):
            return None
        return self.about.finding(
            f"{scored(score)}; {best.title} has {number(best.score)} on the same rows",
            f"Give the search more time with --budget, or ship {best.title} with --learner.",
        )
