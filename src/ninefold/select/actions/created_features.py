"""NF506: columns may say more together than apart. Answer: the best learner of each view gets created columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.select.actions._variants import on_variants
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate


@dataclass(frozen=True)
class CreatedFeatures:
    code: ClassVar[str] = "NF506"
    finding: ClassVar[str] = "Columns may say more together"
    answer: ClassVar[str] = "create columns from pairs"

    def advise(self, situation: Situation) -> list[Candidate]:
        return on_variants(situation, ("plain", "encoded", "scaled"), "created", self.code)
