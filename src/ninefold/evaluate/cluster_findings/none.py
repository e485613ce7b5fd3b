"""NF720: all rows are one cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding


@dataclass(frozen=True)
class NoClusters:
    about: ClassVar[About] = About(
        "NF720",
        "No clusters",
        means="All rows are one cluster: no way to divide them was better than leaving them together.",
        how="Every clustering that was tried has a lower silhouette than the reference, or one cluster was wished for.",
        action="Give more time, or columns that tell groups apart, or a number with --clusters.",
        mistaken="Clusters of odd shapes may be there and be missed in the scaled view.",
        level="serious",
        questions=(23, 25),
    )

    def find(self, seen: Evaluation) -> Finding | None:
        if len(seen.classes) != 1:
            return None
        action = "Give more time, or columns that tell groups apart, or a number with --clusters."
        return self.about.finding(f"All rows are one cluster. {seen.verdict.sentence}", action)
