"""NF706: on some part of the rows the model is wrong more than elsewhere, and more than it admits."""

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
            "These rows are not only harder: they come out otherwise than the model expects. Bring more of them, or "
            "columns that tell them apart, and do not rely on it there until then.",
            tuple(dict.fromkeys(part.column for part in worst)),
        )
