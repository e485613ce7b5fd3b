"""NF705: the probabilities are not what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

HARMLESS = 0.02
"""Distances of given and observed share that nobody acts on."""


@dataclass(frozen=True)
class Miscalibrated:
    about: ClassVar[About] = About(
        "NF705",
        "Probabilities are off",
        means="Of the rows that were given 80 %, not 80 % came true. The order of rows may still be right.",
        how="Expected calibration error over ten bins of equal mass on sealed rows (Naeini and others 2015), with its "
        f"interval. Said when the interval lies above {HARMLESS} and the error is larger than what perfectly "
        "calibrated probabilities would show on 95 % of such samples (Bröcker and Smith 2007).",
        action="Use the ranking or the decided labels, not the probabilities. Temperature scaling has been tried in "
        "stage 6; with more rows it learns more.",
        mistaken="About one in twenty well calibrated models of borderline size. Small groups may be off though the "
        "whole is not.",
        questions=(9,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        evaluation = evidence.evaluation
        error, limits, chance = (
            evaluation.calibration_error,
            evaluation.calibration_interval,
            evaluation.calibration_chance,
        )
        if error is None or limits is None or chance is None or limits[0] <= HARMLESS or error <= chance:
            return None
        return self.about.finding(
            f"expected calibration error {number(error)} {between(*limits)}; perfectly calibrated probabilities would "
            f"stay under {number(chance)} on these rows",
            "Use the ranking or the decided labels, not the probabilities, until there are more rows to calibrate on.",
        )
