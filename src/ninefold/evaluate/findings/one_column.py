"""NF708: one column carries most of what the model knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number

MOST = 0.6
FEWEST = 3
"""Columns from which on a large share is remarkable."""


@dataclass(frozen=True)
class OneColumn:
    about: ClassVar[About] = About(
        "NF708",
        "Most rests on one column",
        means="Without one column the model would know little. If that column follows from the target, or is not known "
        "in time, the score is worth nothing.",
        how=f"Permutation importance on sealed rows: the column takes more than {MOST:.0%} of what all columns cost "
        f"one by one, and its interval lies above nought; {FEWEST} columns or more.",
        action="Make sure that it is known at the time of prediction and does not follow from the target; if so, watch "
        "it closely in use. See also NF303, NF304, NF308.",
        mistaken="Often the column is just good. Columns that say the same share their importance and are not seen.",
        level="info",
        questions=(5, 47),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        gains = {each.column: each.drop for each in evidence.evaluation.importances if each.drop > 0}
        total = sum(gains.values())
        if len(evidence.evaluation.importances) < FEWEST or not total:
            return None
        column = max(gains, key=gains.__getitem__)
        leader = evidence.evaluation.importances[0]
        if gains[column] <= MOST * total or leader.low <= 0:
            return None
        return self.about.finding(
            f"shuffling {column} costs {number(gains[column])}, {gains[column] / total:.0%} of what all columns cost "
            "one by one",
            "Make sure that it is known at the time of prediction and does not follow from the target; if so, watch it "
            "closely in use.",
            title=f"Most rests on {column}",
            columns=(column,),
        )
