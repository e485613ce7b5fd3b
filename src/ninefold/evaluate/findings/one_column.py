"""NF708: one column carries most of what the model knows."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number

MOST = 0.6
FEWEST = 3
"""Columns from which on a large share is remarkable."""


@dataclass(frozen=True)
class OneColumn:
    def find(self, evidence: Evidence) -> Finding | None:
        gains = {each.column: each.drop for each in evidence.evaluation.importances if each.drop > 0}
        total = sum(gains.values())
        if len(evidence.evaluation.importances) < FEWEST or not total:
            return None
        column = max(gains, key=gains.__getitem__)
        leader = evidence.evaluation.importances[0]
        if gains[column] <= MOST * total or leader.low <= 0:
            return None
        return Finding(
            "NF708",
            "info",
            f"Most rests on {column}",
            f"shuffling {column} costs {number(gains[column])}, {gains[column] / total:.0%} of what all columns cost "
            "one by one",
            "Make sure that it is known at the time of prediction and does not follow from the target; if so, watch it "
            "closely in use.",
            (column,),
        )
