"""NF300: columns that the user wants left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen


@dataclass(frozen=True)
class Wished:
    about: ClassVar[About] = About(
        "NF300",
        "Left out as asked",
        means="You named the column with --drop.",
        how="By its name.",
        action="Nothing. Without --drop it is looked at like any other column.",
        mistaken="None.",
        level="info",
        questions=(5,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for name in seen.problem.drop:
            if name in seen.columns:
                yield Audit(name, self.about.code, "you asked to leave it out")
