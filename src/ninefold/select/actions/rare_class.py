"""NF508: a class is rare. Answer: the best trial is given made rows of it to learn from (SMOTE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.select.actions._varying import with_made_rows
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

RARE = 0.3
"""Share of the even share, which each class would have were all the same, below which a class is rare."""


@dataclass(frozen=True)
class RareClass:
    about: ClassVar[About] = About(
        "NF508",
        "Rare class",
        means="One class has few rows, so that little is known about where it lies.",
        how=f"It has less than {RARE:.0%} of the training rows that it would have were all classes the same: of two "
        f"classes, less than {RARE / 2:.0%} of all rows. Source of the answer: SMOTE, Chawla and others 2002.",
        action="The search tries the best trial with made rows of the class, in training folds alone; the metric "
        "and the threshold do the rest. See also NF315.",
        mistaken="A rare class that is easily told needs nothing. Made rows bend probabilities; calibration "
        "straightens them.",
        level="info",
        questions=(9,),
    )
    answer: ClassVar[str] = "make more rows of it"

    def advise(self, situation: Situation) -> list[Candidate]:
        problem = situation.problem
        if problem.task not in {"binary", "multiclass"}:
            return []
        shares = np.bincount(situation.dataset.rows.target) / situation.dataset.train_rows
        return with_made_rows(situation, "smote", self.about.code) if shares.min() * len(problem.classes) < RARE else []
