"""NF706: on some part of the rows the model is wrong more than elsewhere, and more than it admits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.words import counted
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

SHOWN = 3


@dataclass(frozen=True)
class WeakSlice:
    about: ClassVar[About] = About(
        "NF706",
        "Weak on a part of the rows",
        means="Some rows, told apart by a column, come out otherwise than the model expects, more than elsewhere.",
        how="The headline metric on every level or quartile of the most important columns; excess loss over what the "
        "model's own probabilities admit, corrected for the number of slices looked at (see decision 20).",
        action="Bring more of such rows, or columns that tell them apart, and do not rely on it there until then.",
        mistaken="Slices of few rows are left out; a weakness at the crossing of two columns is not seen.",
        questions=(9, 50),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        if not evidence.weak:
            return None
        headline, worst = evidence.evaluation.headline, [each.slice for each in evidence.weak]
        told = [
            f"{part.column} {part.value}: {number(part.score)} {between(part.low, part.high)}, {part.rows:,} rows"
            for part in worst[:SHOWN]
        ]
        return self.about.finding(
            f"{headline.title} {number(headline.value)} in all, but " + "; ".join(told),
            "These rows are not only harder: they come out otherwise than the model expects. Bring more of them, or "
            "columns that tell them apart, and do not rely on it there until then.",
            title=f"Weak on {counted(len(worst), 'part')} of the rows",
            columns=tuple(dict.fromkeys(part.column for part in worst)),
        )
