"""NF702: the sealed score is below what validation promised, by more than chance explains.

A search that tries much chooses, in part, what was lucky in validation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.diagnosis.intervals import NORMAL
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

ROUNDING = 1e-9


@dataclass(frozen=True)
class Optimism:
    about: ClassVar[About] = About(
        "NF702",
        "Validation promised more",
        means="On sealed rows the model is worse than validation let hope, by more than chance explains. A search that "
        "tries much chooses, in part, what was lucky; rows that belong together or time that passes do the rest.",
        how="Validation score minus sealed score, against the standard errors of both (bootstrap; folds with the "
        "correction of Nadeau and Bengio 2003) at 95 %.",
        action="Trust the sealed score. Look for rows that repeat or belong together (--group), or for a change over "
        "time (--time). NF511 says how much is due to the choice.",
        mistaken="One in forty by chance.",
        questions=(4, 8),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        score, promised = evaluation.headline, evaluation.verdict.validation
        if score.metric != evidence.problem.metric or score.low == score.high:
            return None
        sealed_error = (score.high - score.low) / (2 * NORMAL)
        fold_error = sealed_error if evidence.validation_error is None else evidence.validation_error
        short = (promised - score.value) if score.higher_is_better else (score.value - promised)
        if short <= max(NORMAL * math.hypot(sealed_error, fold_error), ROUNDING):
            return None
        return self.about.finding(
            f"{score.title} {number(promised)} in validation, {number(score.value)} {between(score.low, score.high)} "
            "on sealed rows",
            "Trust the sealed score. Look for rows that repeat or belong together (set a group column), or for "
            "a change over time (set a time column).",
        )
