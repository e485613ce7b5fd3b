"""NF203: more rows than the budget can learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.collect.affordable import CELLS_A_SECOND, FEWEST
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Dataset


@dataclass(frozen=True)
class InPart:
    about: ClassVar[About] = About(
        "NF203",
        "A part of the rows is learned from",
        means="The table is larger than what the budget allows to learn from. The rest is neither learned from nor "
        "sealed.",
        how=f"A second of the budget pays for {CELLS_A_SECOND:,} cells (rows times columns), but never less than "
        f"{FEWEST:,} rows are taken: at random, or the latest where rows lie in time.",
        action="Give more time (--budget), or drop columns. The learning curve says whether more rows would help.",
        mistaken="Where the learning curve is flat, nothing is lost.",
        level="info",
        questions=(4,),
    )

    def find(self, seen: Dataset) -> Finding | None:
        if not seen.beyond:
            return None
        evidence = (
            f"{seen.train_rows:,} rows are learned from, {seen.beyond:,} are not: more than the budget can do with. "
            "They were drawn at random, or are the latest where rows lie in time."
        )
        return self.about.finding(evidence, "Give more time: --budget.")
