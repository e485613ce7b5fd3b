"""NF722: other rows, other clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.written import number

UNSTABLE = 0.75


@dataclass(frozen=True)
class Unstable:
    about: ClassVar[About] = About(
        "NF722",
        "Clusters are not stable",
        means="Fitted on other rows, the same method divides the rows otherwise.",
        how=f"Mean adjusted Rand index of the fits on different folds about the same rows, below {UNSTABLE}.",
        action="Fewer clusters or more rows would be steadier; do not rely on the cluster of a single row.",
        mistaken="Two clusters that overlap exchange their rows though both are there.",
        questions=(23, 25),
    )

    def find(self, seen: Evaluation) -> Finding | None:
        clusters = seen.clusters
        if clusters is None or len(seen.classes) == 1 or clusters.stability is None or clusters.stability >= UNSTABLE:
            return None
        evidence = f"fits on different folds agree by an adjusted Rand index of {number(clusters.stability)}"
        action = "Fewer clusters or more rows would be steadier; do not rely on the cluster of a single row."
        return self.about.finding(evidence, action)
