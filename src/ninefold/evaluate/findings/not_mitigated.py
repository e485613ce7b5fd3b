"""NF767: on sealed rows the groups are further apart than was allowed, beyond what their rows leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.fairness import CRITERIA
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number


@dataclass(frozen=True)
class NotMitigated:
    about: ClassVar[About] = About(
        "NF767",
        "Groups are further apart than was allowed",
        means="On sealed rows the groups differ by more than --fair-gap allows.",
        how="The difference by the criterion of --fair on the sealed rows, less what chance alone reaches, "
        "against the difference allowed.",
        action="Give the search more time, so that it finds more ways to decide, or allow more with --fair-gap.",
        mistaken="Few sealed rows leave much open; a difference that is hidden by chance is not told.",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        fairness = evidence.evaluation.fairness
        front = fairness.front if fairness else None
        if fairness is None or front is None:
            return None
        compared = next((each for each in fairness.compared if each.columns == (front.column,)), None)
        gap = compared.widest(CRITERIA[front.criterion]) if compared else None
        if gap is None or gap.difference - gap.chance <= front.allowed:
            return None
        chosen = front.choices[front.chosen]
        return self.about.finding(
            f"{front.criterion.replace('-', ' ')} by {front.column}: {number(gap.difference)} "
            f"{between(gap.low, gap.high)} on sealed rows, {number(front.gap(chosen))} out of fold, allowed "
            f"{front.allowed:g}.",
            "Give the search more time, so that it finds more ways to decide, or allow more with --fair-gap. Where "
            f"{front.column} is left out with --drop, thresholds by group cannot be used, which come closest.",
            columns=(front.column,),
        )
