"""NF509: rows are few, and most columns are numbers. Answer: the best trial is given rows between rows (mixup)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.select.actions._varying import with_made_rows
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

FEW = 1_500
NUMBERS = 0.75
"""Share of the used columns that must be numbers: there is nothing between two categories."""


@dataclass(frozen=True)
class FewRows:
    code: ClassVar[str] = "NF509"
    finding: ClassVar[str] = "Few rows of numbers"
    answer: ClassVar[str] = "mix rows"

    def advise(self, situation: Situation) -> list[Candidate]:
        dataset, used = situation.dataset, situation.features.recipe("plain").columns
        numbers = sum(dataset.column(name).kind == "number" for name in used)
        if situation.problem.task not in {"binary", "multiclass", "regression"}:
            return []
        fitting = dataset.train_rows <= FEW and numbers >= NUMBERS * len(used) > 0
        return with_made_rows(situation, "mixup", self.code) if fitting else []
