"""NF706: some part of the rows is served worse than the rest, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

SHOWN = 3


@dataclass(frozen=True)
class WeakSlice:
    def find(self, evidence: Evidence) -> Finding | None:
        if not evidence.weak:
            return None
        headline, worst = evidence.evaluation.headline, [each.slice for each in evidence.weak]
        told = [
            f"{part.column} {part.value}: {number(part.score)} {between(part.low, part.high)}, {part.rows:,} rows"
            for part in worst[:SHOWN]
        ]
        return Finding(
            "NF706",
            "warning",
            f"Weak on {len(worst)} part{'s' if len(worst) > 1 else ''} of the rows",
            f"{headline.title} {number(headline.value)} in all, but " + "; ".join(told),
            "See whether these rows are only harder or wrongly learned: look at their errors, bring more of them, or "
            "columns that tell them apart.",
            tuple(dict.fromkeys(part.column for part in worst)),
        )
