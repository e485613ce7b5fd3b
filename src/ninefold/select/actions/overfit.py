"""NF502: a leading trial loses on other rows some of what it learned. Answer: hold the same learner down more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.select.actions._varying import STEP, simplified
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

LOST = 0.15
"""Share of the training skill lost in validation from which on a simpler fit is worth a trial."""


@dataclass(frozen=True)
class Overfit:
    about: ClassVar[About] = About(
        "NF502",
        "Training is ahead of validation",
        means="A leading trial knows its own training rows much better than others: part of what it learned is chance.",
        how=f"More than {LOST:.0%} of the skill on training rows (the score beyond the baseline's) is lost on the "
        "validation rows of the same folds.",
        action="The search tries the same learner held down more: every setting that makes it simpler is moved a tenth "
        "of its range. More rows, or fewer columns of noise, help as well.",
        mistaken="Flexible learners (forests, neighbours) are always ahead on rows they have seen and may still be the "
        "best. Only validation tells.",
        questions=(4, 10),
    )
    answer: ClassVar[str] = "regularise more"

    def advise(self, situation: Situation) -> list[Candidate]:
        found: list[Candidate] = []
        for entry in situation.leaders:
            train, valid = situation.skills(entry)
            if train > 0 and (train - valid) / train > LOST:
                found += simplified(entry, situation, STEP, self.about.code)
        return found
