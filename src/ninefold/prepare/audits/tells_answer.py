"""NF304: columns that tell the answer far better than any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen
from ninefold.prepare.strength import SUSPECT

SHARE = 0.15
"""A column that leaves open at most this share of what the next best leaves open was probably filled in after the
event. Values are not suspected: one honest column often explains nearly all of them."""
INFORMATIVE = 0.6
"""Where no other column reaches this AUC, one column that tells everything is what simple tables look like."""


@dataclass(frozen=True)
class TellsAnswer:
    about: ClassVar[About] = About(
        "NF304",
        "Left out: tells the answer",
        means="The column tells the class so much better than all others that it was probably filled in after the "
        "event: a lifeboat's number, a discharge date, the reason of a cancellation.",
        how=f"Alone, and judged out of fold, it reaches an AUC of {SUSPECT}, and leaves open at most {SHARE:.0%} of "
        f"what the best column below that leaves open, which must itself reach {INFORMATIVE}. Of classes alone, and "
        "not of numbers without gaps, which honest measurements are: these are told by NF308 and stay.",
        action="Leave it out, which has been done. If it is honestly known before the target is, --keep COLUMN.",
        mistaken="One test that decides among many that only hint: such columns are the reason why --keep is there.",
        level="serious",
        questions=(7,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        alone = seen.alone
        honest = max((value for value in alone.values() if value < SUSPECT), default=None)
        if not seen.problem.classes or honest is None or honest <= INFORMATIVE:
            return
        for name in sorted(alone, key=lambda column: -alone[column]):
            far = alone[name] >= SUSPECT and 1 - alone[name] < SHARE * (1 - honest)
            if far and not seen.is_measured(name):
                yield Audit(name, self.about.code, f"it tells the answer (alone: {seen.measure} {alone[name]:.3f})")
