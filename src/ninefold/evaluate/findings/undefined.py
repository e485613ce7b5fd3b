"""NF709: the sealed rows leave the problem's metric undefined; another one leads."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence


@dataclass(frozen=True)
class Undefined:
    def find(self, evidence: Evidence) -> Finding | None:
        headline, wished = evidence.evaluation.headline, evidence.problem.metric
        if headline.metric == wished:
            return None
        return Finding(
            "NF709",
            "warning",
            f"{wished} is undefined on the sealed rows",
            f"{evidence.evaluation.rows:,} sealed rows do not have what it compares; {headline.title} is shown instead",
            "Seal more rows (holdout), so that every class and enough spread of the target is among them.",
        )
