"""NF750: intervals or sets hold the truth of sealed rows less often than they promise."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

MARGIN = 0.02
"""How far below the promise the whole interval of what was observed must lie."""


@dataclass(frozen=True)
class PromiseMissed:
    def find(self, evidence: Evidence) -> Finding | None:
        behaviour = evidence.evaluation.behaviour
        missed = [p for p in behaviour.promises if p.high < p.level - MARGIN] if behaviour else []
        if not missed:
            return None
        told = [f"{_of(p.target)}{p.level:.0%} promised, {number(p.observed)} {between(p.low, p.high)}" for p in missed]
        what = "Sets" if evidence.evaluation.classes else "Intervals"
        return Finding(
            "NF750",
            "warning",
            f"{what} hold the truth less often than promised",
            "; ".join(told) + f", on {evidence.evaluation.rows:,} sealed rows",
            "The sealed rows are not like the training rows, or rows of one group or time resemble each other: name "
            "that column if there is one (--group, --time). Until then take the share that was held for what is "
            "promised, or use a higher level.",
        )


def _of(target: str) -> str:
    return f"{target}: " if target else ""
