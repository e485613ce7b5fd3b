"""NF710: the learning curve still rises at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.diagnosis.curves import read
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.learning import ROWS, scale_of
from ninefold.evaluate.written import number


@dataclass(frozen=True)
class MoreRows:
    about: ClassVar[About] = About(
        "NF710",
        "More rows would help",
        means="The best single learner still gained when it was last given more rows to learn from.",
        how="The learning curve: validation skill on half of the rows and on all. Said when the gain of the last "
        "doubling is at least 2 % of the skill of a perfect model and larger than the folds' own spread.",
        action="Bring more rows of the same kind before looking for better learners.",
        mistaken="A curve that rises may be close to its end. Rows of another kind may not help at all.",
        level="info",
        questions=(4, 11),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        curve = next((curve for curve in evaluation.fit_curves if curve.axis == ROWS), None)
        if curve is None or not (reading := read(curve, scale_of(evaluation))).pays:
            return None
        before, after = (number(float(np.mean(scores))) for scores in curve.validation[-2:])
        return self.about.finding(
            f"{curve.title}: {evaluation.headline.title} {before} in validation when fitted on {curve.x[-2]:,.0f} "
            f"rows, {after} on {curve.x[-1]:,.0f}, a gain of {reading.slope:.1%} of what is possible",
            "Bring more rows of the same kind before looking for better learners.",
        )
