"""NF705: the probabilities are not what they say."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

HARMLESS = 0.02
"""Distances of given and observed share that nobody acts on."""


@dataclass(frozen=True)
class Miscalibrated:
    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        error, limits, chance = (
            evaluation.calibration_error,
            evaluation.calibration_interval,
            evaluation.calibration_chance,
        )
        if error is None or limits is None or chance is None or limits[0] <= HARMLESS or error <= chance:
            return None
        return Finding(
            "NF705",
            "warning",
            "Probabilities are off",
            f"expected calibration error {number(error)} {between(*limits)}; perfectly calibrated probabilities would "
            f"stay under {number(chance)} on these rows",
            "Use the ranking or the decided labels, not the probabilities, until there are more rows to calibrate on.",
        )
