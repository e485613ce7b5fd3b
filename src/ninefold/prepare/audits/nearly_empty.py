"""NF305: columns with hardly a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen

EMPTY = 0.95
NOTHING = {"regression": 0.01}
CHANCE = 0.52


@dataclass(frozen=True)
class NearlyEmpty:
    about: ClassVar[About] = About(
        "NF305",
        "Nearly empty column",
        means="Hardly any row has a value, and having one says nothing.",
        how=f"More than {EMPTY:.0%} of its values are missing, and alone, out of fold, it tells the target with an "
        f"AUC below {CHANCE} (R² below {NOTHING['regression']}).",
        action="Nothing, or fill it in the source. --keep COLUMN overrules.",
        mistaken="A rare remark that matters for a few rows alone.",
        level="info",
        questions=(12,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for name in seen.columns:
            share = seen.dataset.column(name).missing
            if share > EMPTY and seen.alone[name] < NOTHING.get(seen.task, CHANCE):
                yield Audit(
                    name, self.about.code, f"{share:.0%} of its values are missing, and having one says nothing"
                )
