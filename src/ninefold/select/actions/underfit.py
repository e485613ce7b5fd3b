"""NF503: a leading trial does poorly on its own training rows too. Answer: let the same learner fit more closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.diagnosis.curves import kind
from ninefold.select.actions._varying import STEP, simplified
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate


@dataclass(frozen=True)
class Underfit:
    code: ClassVar[str] = "NF503"
    finding: ClassVar[str] = "Poor on its own training rows"
    answer: ClassVar[str] = "regularise less"

    def advise(self, situation: Situation) -> list[Candidate]:
        poor = [entry for entry in situation.leaders if kind(*situation.skills(entry)) == "underfit"]
        return [candidate for entry in poor for candidate in simplified(entry, situation, -STEP, self.code)]
