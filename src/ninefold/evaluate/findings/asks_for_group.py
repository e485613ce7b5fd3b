"""NF766: the graph decides by group, so that it needs to be told the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence


@dataclass(frozen=True)
class AsksForGroup:
    about: ClassVar[About] = About(
        "NF766",
        "The model must be told the group",
        means="Groups have decision thresholds of their own, so that the graph takes the sensitive column as an input.",
        how="The way to decide that the search took has thresholds by group.",
        action="Send the column with every row to be decided, and settle first whether the law allows it. "
        "--drop of the column makes the search mitigate by other means.",
        mistaken="None: it says what the graph does.",
        level="info",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        fairness = evidence.evaluation.fairness
        own = fairness.thresholds if fairness else None
        if own is None:
            return None
        each = ", ".join(f"{name} from {threshold:.3f}" for name, threshold in own.thresholds.items())
        return self.about.finding(
            f"Groups of {own.column} are labelled positive from probabilities of their own: {each}. Rows without a "
            "known group are labelled from the threshold of other or missing values.",
            f"{own.column} must come with every row that is to be decided. In some places and for some purposes the "
            "law forbids to decide by such a column, in others it allows or asks for it: settle that before use. "
            f"Without: --drop {own.column}, and the search mitigates by other means.",
            title=f"The model must be told {own.column}",
            columns=(own.column,),
        )
