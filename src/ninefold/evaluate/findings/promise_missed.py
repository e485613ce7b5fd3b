"""NF750: intervals or sets hold the truth of sealed rows less often than they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

MARGIN = 0.02
"""How far below the promise the whole interval of what was observed must lie."""


@dataclass(frozen=True)
class PromiseMissed:
    about: ClassVar[About] = About(
        "NF750",
        "The truth is held less often than promised",
        means="Conformal intervals or sets hold the truth of the sealed rows clearly less often than their level says.",
        how="The share held on sealed rows; the whole of its 95 % bootstrap interval lies more than 2 points below the "
        "level (see decision 52).",
        action="Name the group or time column if there is one (--group, --time); until then take the share that was "
        "held for what is promised, or use a higher level.",
        mistaken="One of three levels may fall short by chance. Rows of the future may be unlike the sealed ones too.",
        questions=(9, 47),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        missed = [p for p in behaviour.promises if p.high < p.level - MARGIN] if behaviour else []
        if not missed:
            return None
        told = [f"{_of(p.target)}{p.level:.0%} promised, {number(p.observed)} {between(p.low, p.high)}" for p in missed]
        what = "Sets" if evidence.evaluation.classes else "Intervals"
        return self.about.finding(
            "; ".join(told) + f", on {evidence.evaluation.rows:,} sealed rows",
            "The sealed rows are not like the training rows, or rows of one group or time resemble each other: name "
            "that column if there is one (--group, --time). Until then take the share that was held for what is "
            "promised, or use a higher level.",
            title=f"{what} hold the truth less often than promised",
        )


def _of(target: str) -> str:
    return f"{target}: " if target else ""
