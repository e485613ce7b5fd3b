"""NF502: a leading trial loses on other rows some of what it learned. Answer: hold the same learner down more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.select.actions._varying import STEP, simplified
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate

LOST = 0.15
"""Share of the training skill lost in validation from which on a simpler fit is worth a trial."""


@dataclass(frozen=True)
class Overfit:
    code: ClassVar[str] = "NF502"
    finding: ClassVar[str] = "Training is ahead of validation"
    answer: ClassVar[str] = "regularise more"

    def advise(self, situation: Situation) -> list[Candidate]:
        found: list[Candidate] = []
        for entry in situation.leaders:
            train, valid = situation.skills(entry)
            if train > 0 and (train - valid) / train > LOST:
                found += simplified(entry, situation, STEP, self.code)
        return found
