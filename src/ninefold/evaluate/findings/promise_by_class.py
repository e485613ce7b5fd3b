"""NF751: sets keep their promise over all rows, and break it for the rows of some class."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

MARGIN = 0.1
"""How far below the promise the whole interval of a class must lie."""
FEWEST = 20
SHOWN = 3


@dataclass(frozen=True)
class PromiseByClass:
    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        classes = [c for c in behaviour.by_class if c.rows >= FEWEST] if behaviour else []
        missed = sorted((c for c in classes if c.high < c.level - MARGIN), key=lambda c: c.observed)
        if not missed:
            return None
        told = [f"{c.name}: {number(c.observed)} {between(c.low, c.high)} of {c.rows:,} rows" for c in missed[:SHOWN]]
        return Finding(
            "NF751",
            "warning",
            f"Sets often leave out {missed[0].name}",
            f"{missed[0].level:.0%} promised over all rows; " + "; ".join(told),
            "A promise over all rows is kept by the frequent classes. Where such a row must not be missed, ask for a "
            "higher level, or look at the probability of the class itself.",
        )
