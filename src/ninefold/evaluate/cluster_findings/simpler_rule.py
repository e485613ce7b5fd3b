"""NF723: new rows are placed by another rule than the one that made the clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding

OTHERWISE = 0.05


@dataclass(frozen=True)
class SimplerRule:
    about: ClassVar[About] = About(
        "NF723",
        "New rows are assigned by a simpler rule",
        means="The method that made the clusters cannot place new rows; what ships places them by the nearest "
        "points of a cluster, which differs a little.",
        how=f"Share of training rows that the rule puts elsewhere than the method did, above {OTHERWISE:.0%}.",
        action="Nothing: the scores are those of the rule that ships. Where it matters, choose a method that places "
        "rows itself (k-means, Gaussian mixture).",
        mistaken="None as a count.",
        level="info",
        questions=(23,),
    )

    def find(self, seen: Evaluation) -> Finding | None:
        clusters = seen.clusters
        if clusters is None or len(seen.classes) == 1 or clusters.differs <= OTHERWISE:
            return None
        evidence = f"{clusters.differs:.0%} of the rows it was fitted on lie nearer to the points of another cluster"
        return self.about.finding(evidence, "The scores are those of the rule that ships.")
