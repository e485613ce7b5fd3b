"""NF508: a class is rare. Answer: the best trial is given made rows of it to learn from (SMOTE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.select.actions._varying import with_made_rows
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

RARE = 0.15
"""Share of the rows below which a class is rare."""


@dataclass(frozen=True)
class RareClass:
    code: ClassVar[str] = "NF508"
    finding: ClassVar[str] = "Rare class"
    answer: ClassVar[str] = "make more rows of it"

    def advise(self, situation: Situation) -> list[Candidate]:
        problem = situation.problem
        if problem.task not in {"binary", "multiclass"}:
            return []
        shares = np.bincount(situation.dataset.rows.target) / situation.dataset.train_rows
        return with_made_rows(situation, "smote", self.code) if shares.min() < RARE else []
