"""NF752: columns that say much the same stand in for each other, so that each alone seems to matter less."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

SHOWN = 3


@dataclass(frozen=True)
class StandIns:
    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        hidden = [t for t in behaviour.together if t.low > max(t.alone_high, 0.0)] if behaviour else []
        if not behaviour or not hidden:
            return None
        told = [
            f"{', '.join(t.columns)}: {number(t.drop)} {between(t.low, t.high)}, one alone at most {number(t.alone)}"
            for t in hidden[:SHOWN]
        ]
        return Finding(
            "NF752",
            "info",
            "Columns stand in for each other",
            f"{evidence.evaluation.importance_metric} lost when shuffled: " + "; ".join(told),
            f"Read their importance together: their association is {behaviour.threshold:g} or more. One of them may "
            "do: leave the others out (--drop) and compare.",
            tuple(dict.fromkeys(name for t in hidden for name in t.columns)),
        )
