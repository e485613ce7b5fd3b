"""NF710: the learning curve still rises at its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.section import Finding
from ninefold.diagnosis.curves import read
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.learning import ROWS, scale_of
from ninefold.evaluate.written import number


@dataclass(frozen=True)
class MoreRows:
    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        curve = next((curve for curve in evaluation.fit_curves if curve.axis == ROWS), None)
        if curve is None or not (reading := read(curve, scale_of(evaluation))).pays:
            return None
        before, after = (number(float(np.mean(scores))) for scores in curve.validation[-2:])
        return Finding(
            "NF710",
            "info",
            "More rows would help",
            f"{curve.title}: {evaluation.headline.title} {before} in validation when fitted on {curve.x[-2]:,.0f} "
            f"rows, {after} on {curve.x[-1]:,.0f}, a gain of {reading.slope:.1%} of what is possible",
            "Bring more rows of the same kind before looking for better learners.",
        )
