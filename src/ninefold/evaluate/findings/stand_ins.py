"""NF752: columns that say much the same stand in for each other, so that each alone seems to matter less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

SHOWN = 3


@dataclass(frozen=True)
class StandIns:
    about: ClassVar[About] = About(
        "NF752",
        "Columns stand in for each other",
        means="Columns that say much the same: shuffled one by one, each seems to matter less than they do together.",
        how="Columns with an association of 0.8 or more in the training rows (rank correlation, Cramér's V, "
        "correlation ratio; complete linkage) are shuffled together; the lower end of their loss lies above the upper "
        "end of the largest loss alone.",
        action="Read their importance together; leave all but one out (--drop) and compare.",
        mistaken="Columns may be alike and matter together because they interact. Likeness that no rank or level shows "
        "is not seen, nor that of texts.",
        level="info",
        questions=(47,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        hidden = [t for t in behaviour.together if t.low > max(t.alone_high, 0.0)] if behaviour else []
        if not behaviour or not hidden:
            return None
        told = [
            f"{', '.join(t.columns)}: {number(t.drop)} {between(t.low, t.high)}, one alone at most {number(t.alone)}"
            for t in hidden[:SHOWN]
        ]
        return self.about.finding(
            f"{evidence.evaluation.importance_metric} lost when shuffled: " + "; ".join(told),
            f"Read their importance together: their association is {behaviour.threshold:g} or more. One of them may "
            "do: leave the others out (--drop) and compare.",
            columns=tuple(dict.fromkeys(name for t in hidden for name in t.columns)),
        )
