"""NF509: rows are few, and most columns are numbers. Answer: the best trial is given rows between rows (mixup)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.select.actions._varying import with_made_rows
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

FEW = 1_500
NUMBERS = 0.75
"""Share of the used columns that must be numbers: there is nothing between two categories."""


@dataclass(frozen=True)
class FewRows:
    about: ClassVar[About] = About(
        "NF509",
        "Few rows of numbers",
        means="With few rows a learner follows each of them closely. Rows mixed of two (mixup) smooth what it learns.",
        how=f"At most {FEW:,} training rows, and at least {NUMBERS:.0%} of the columns are numbers: between two "
        "categories there is nothing. Source: Zhang and others 2018.",
        action="The search tries the best trial with mixed rows, in training folds alone. More true rows are always "
        "worth more.",
        mistaken="Trees seldom gain. The rows are said to be few by a fixed number, not by what the problem needs; the "
        "learning curve tells that.",
        level="info",
        questions=(4, 10),
    )
    answer: ClassVar[str] = "mix rows"

    def advise(self, situation: Situation) -> list[Candidate]:
        dataset, used = situation.dataset, situation.features.recipe("plain").columns
        numbers = sum(dataset.column(name).kind == "number" for name in used)
        if situation.problem.task not in {"binary", "multiclass", "regression"}:
            return []
        fitting = dataset.train_rows <= FEW and numbers >= NUMBERS * len(used) > 0
        return with_made_rows(situation, "mixup", self.about.code) if fitting else []
