"""NF751: sets keep their promise over all rows, and break it for the rows of some class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

MARGIN = 0.1
"""How far below the promise the whole interval of a class must lie."""
FEWEST = 20
SHOWN = 3


@dataclass(frozen=True)
class PromiseByClass:
    about: ClassVar[About] = About(
        "NF751",
        "Sets often leave out a class",
        means="Sets keep their promise over all rows, and break it for the rows of some class, mostly a rare one.",
        how="The share of each class's sealed rows, 20 or more, whose 90 % set holds it; its whole 95 % interval "
        "lies more than 10 points below the level.",
        action="Ask for a higher level where such a row must not be missed, or look at the class's own probability.",
        mistaken="It is no error of the model: a promise over all rows says nothing of a class. Classes with fewer "
        "than 20 sealed rows are not looked at.",
        questions=(9, 47),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        classes = [c for c in behaviour.by_class if c.rows >= FEWEST] if behaviour else []
        missed = sorted((c for c in classes if c.high < c.level - MARGIN), key=lambda c: c.observed)
        if not missed:
            return None
        told = [f"{c.name}: {number(c.observed)} {between(c.low, c.high)} of {c.rows:,} rows" for c in missed[:SHOWN]]
        return self.about.finding(
            f"{missed[0].level:.0%} promised over all rows; " + "; ".join(told),
            "A promise over all rows is kept by the frequent classes. Where such a row must not be missed, ask for a "
            "higher level, or look at the probability of the class itself.",
            title=f"Sets often leave out {missed[0].name}",
        )
