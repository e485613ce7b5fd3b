"""NF315: a class is much rarer than another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core import parts
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen

RARE, VERY = 0.2, 0.04
"""Shares of the even share, which each class would have were all the same: of two classes, 10 % and 2 % of the rows."""


@dataclass(frozen=True)
class Imbalance:
    about: ClassVar[About] = About(
        "NF315",
        "Classes are imbalanced",
        means="One class is rare. A model that never names it looks accurate and is useless, so accuracy says "
        "little here.",
        how=f"The rarest class has less than {RARE:.0%} of the training rows that it would have were all classes the "
        f"same (less than {VERY:.0%}: a warning): of two classes, less than {RARE / 2:.0%} ({VERY / 2:.0%}) of all.",
        action="The metric has been chosen with that in mind, folds and seal keep the shares, the threshold is set "
        "on out-of-fold predictions, and the search tries made rows (NF508). Say what errors cost, if you know, or "
        "name the metric that counts.",
        mistaken="None as a count. A rare class that is easily told needs nothing.",
        level="info",
        questions=(9,),
    )

    def find(self, seen: Seen) -> Finding | None:
        problem, rows = seen.problem, seen.dataset.rows
        if not problem.classes:
            return None
        counts = np.bincount(rows.target, minlength=len(problem.classes))
        share, rarest = float(counts.min() / len(rows)), problem.classes[int(counts.argmin())]
        of_even = share * len(problem.classes)
        if of_even >= RARE:
            return None
        metric = parts.find("ninefold.metrics", problem.metric).title
        evidence = f"{rarest}: {counts.min():,} of {len(rows):,} training rows ({share:.2%})"
        action = f"Judge by {metric}, not by accuracy; say what counts with --metric, or bring more rows of {rarest}."
        return self.about.finding(evidence, action, level="warning" if of_even < VERY else None)
