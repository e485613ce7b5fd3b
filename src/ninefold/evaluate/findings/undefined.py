"""NF709: the sealed rows leave the problem's metric undefined; another one leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence


@dataclass(frozen=True)
class Undefined:
    about: ClassVar[About] = About(
        "NF709",
        "The metric is undefined on the sealed rows",
        means="The metric that was searched by cannot be computed on the sealed rows: a class is not among them, or "
        "all values are equal. Another one leads the report.",
        how="The metric gives no number on the sealed rows.",
        action="Seal more rows (--holdout), so that every class and enough spread of the target is among them.",
        mistaken="None.",
        questions=(9,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        headline, wished = evidence.evaluation.headline, evidence.problem.metric
        if headline.metric == wished:
            return None
        return self.about.finding(
            f"{evidence.evaluation.rows:,} sealed rows do not have what it compares; {headline.title} is shown instead",
            "Seal more rows (holdout), so that every class and enough spread of the target is among them.",
            title=f"{wished} is undefined on the sealed rows",
        )
