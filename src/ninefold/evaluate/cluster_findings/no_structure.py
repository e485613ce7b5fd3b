"""NF721: a cloud without structure would be divided as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.written import number, scored


@dataclass(frozen=True)
class NoStructure:
    about: ClassVar[About] = About(
        "NF721",
        "Perhaps no structure",
        means="The clusters divide the rows, but a single cloud would be divided just as well.",
        how="The 95 % interval of the silhouette on sealed rows reaches down to that of a cloud without structure "
        "with the same spread, cut the same way.",
        action="Take the clusters as a way to divide the rows, not as groups that are there.",
        mistaken="With few sealed rows true clusters can be caught.",
        questions=(23, 25),
    )

    def find(self, seen: Evaluation) -> Finding | None:
        headline, clusters = seen.headline, seen.clusters
        base = headline.baseline or 0.0
        if clusters is None or len(seen.classes) == 1 or headline.low > base:
            return None
        evidence = (
            f"{scored(headline)} on {clusters.scored:,} sealed rows; one cloud of the same spread, cut the same way, "
            f"has {number(base)}"
        )
        return self.about.finding(
            evidence, "Take the clusters as a way to divide the rows, not as groups that are there."
        )
