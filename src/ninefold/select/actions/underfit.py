"""NF503: a leading trial does poorly on its own training rows too. Answer: let the same learner fit more closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.diagnosis.curves import POOR, kind
from ninefold.select.actions._varying import STEP, simplified
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate


@dataclass(frozen=True)
class Underfit:
    about: ClassVar[About] = About(
        "NF503",
        "Poor on its own training rows",
        means="A leading trial cannot even tell the rows that it learned from: it is too rigid, or the columns say "
        "little.",
        how=f"Less than {POOR:.0%} of the skill of a perfect model on its training rows, and validation close behind.",
        action="The search tries the same learner with more freedom. Where that does not help, columns that say "
        "more are needed.",
        mistaken="Where the target is mostly chance, poor is all that can be had.",
        questions=(4, 11),
    )
    answer: ClassVar[str] = "regularise less"

    def advise(self, situation: Situation) -> list[Candidate]:
        poor = [entry for entry in situation.leaders if kind(*situation.skills(entry)) == "underfit"]
        return [candidate for entry in poor for candidate in simplified(entry, situation, -STEP, self.about.code)]
