"""NF300: sensitive columns that groups are only compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen


@dataclass(frozen=True)
class OnlyJudged:
    about: ClassVar[About] = About(
        "NF300",
        "Column that groups are only compared by",
        means="A sensitive column that nothing may learn from: it stays with the rows for groups to be compared.",
        how="It is named both in --sensitive and in --drop, --group, --time or --truth.",
        action="Nothing. With --keep it is learned from too.",
        mistaken="None: it is what was asked for. Other columns may still tell the group.",
        level="info",
        questions=(50,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for name in seen.problem.only_judged:
            if name in seen.columns:
                yield Audit(name, self.about.code, "you asked to leave it out; only groups are compared by it")
