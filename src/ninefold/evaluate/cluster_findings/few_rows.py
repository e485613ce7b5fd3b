"""NF724: the clusters were scored on few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.findings.few_rows import FEW
from ninefold.evaluate.written import scored


@dataclass(frozen=True)
class FewRows:
    about: ClassVar[About] = About(
        "NF724",
        "Few sealed rows to score clusters on",
        means="The scores of the clusters were measured on so few rows that they could have come out quite "
        "differently.",
        how=f"Fewer than {FEW} sealed rows were scored.",
        action="Bring more rows, or seal more (--holdout).",
        mistaken="None as a count.",
        questions=(25,),
    )

    def find(self, seen: Evaluation) -> Finding | None:
        if seen.clusters is None or len(seen.classes) == 1 or seen.clusters.scored >= FEW:
            return None
        evidence = f"{scored(seen.headline)} on {seen.clusters.scored:,} sealed rows"
        return self.about.finding(evidence, "So few rows tell neither the score nor its interval well; bring more.")
