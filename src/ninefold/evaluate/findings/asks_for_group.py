"""NF766: the graph decides by group, so that it needs to be told the group."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence


@dataclass(frozen=True)
class AsksForGroup:
    def find(self, evidence: Evidence) -> Finding | None:
        fairness = evidence.evaluation.fairness
        own = fairness.thresholds if fairness else None
        if own is None:
            return None
        each = ", ".join(f"{name} from {threshold:.3f}" for name, threshold in own.thresholds.items())
        return Finding(
            "NF766",
            "info",
            f"The model must be told {own.column}",
            f"Groups of {own.column} are labelled positive from probabilities of their own: {each}. Rows without a "
            "known group are labelled from the threshold of other or missing values.",
            f"{own.column} must come with every row that is to be decided. In some places and for some purposes the "
            "law forbids to decide by such a column, in others it allows or asks for it: settle that before use. "
            f"Without: --drop {own.column}, and the search mitigates by other means.",
            (own.column,),
        )
