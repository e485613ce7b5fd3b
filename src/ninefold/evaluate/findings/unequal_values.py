"""NF764: predicted values are off in one direction for a group, or miss by more, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.fairness import Compared, Gap
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.apart import HOW, apart, told
from ninefold.evaluate.evidence import Evidence
from ninefold.fairness.rates import ERROR, RESIDUAL

SHARE = 0.25
"""Of the mean absolute error over the groups: smaller differences are not told."""


@dataclass(frozen=True)
class UnequalValues:
    about: ClassVar[About] = About(
        "NF764",
        "Predictions are further off for some groups",
        means="Predicted values miss by more in one group, or in one direction.",
        how=f"{HOW}it is above a quarter of the mean absolute error.",
        action="Bring more rows of the group, and columns that tell more about it.",
        mistaken="A group with larger values has larger errors by itself.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        found = [each for each in apart(evidence.evaluation, (ERROR, RESIDUAL), 0.0) if _matters(*each)]
        return told(
            self.about,
            found,
            "Where the mean residual is above 0 the group is predicted too low. Bring more rows of it, and columns "
            "that tell more about it.",
        )


def _matters(compared: Compared, gap: Gap) -> bool:
    errors = [(rate.value, rate.rows) for group in compared.groups if (rate := group.rate(ERROR, gap.part))]
    usual = float(np.average([value for value, _ in errors], weights=[rows for _, rows in errors]))
    return gap.difference > SHARE * usual
