"""NF762: the same probability means different things in different groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import HOW, apart, told
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import CALIBRATION

MARGIN = 0.05


@dataclass(frozen=True)
class UnequalCalibration:
    about: ClassVar[About] = About(
        "NF762",
        "Probabilities mean different things by group",
        means="In one group more comes true than the probabilities say, in another less.",
        how=f"{HOW}the mean probability less the share that came true differs by more than {MARGIN}.",
        action="Do not compare probabilities across these groups. A column that tells them apart, or more rows, "
        "lets the model learn the difference.",
        mistaken="Only the mean is compared: a group can be off in opposite directions at low and high probabilities.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        found = apart(evidence.evaluation, (CALIBRATION,), MARGIN)
        return told(
            self.about,
            found,
            "Do not compare probabilities across these groups. A column that tells them apart, or more rows of the "
            "group that is off, lets the model learn the difference.",
        )
