"""NF301: columns with one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen


@dataclass(frozen=True)
class Constant:
    about: ClassVar[About] = About(
        "NF301",
        "Constant column",
        means="Every row has the same value, or none has any: nothing can be learned from it.",
        how="Counted while reading.",
        action="Nothing. If it varies where the model will be used, rows from there are missing.",
        mistaken="None as a count.",
        level="info",
        questions=(5,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for column in seen.dataset.columns:
            if column.name in seen.columns and column.kind == "constant":
                yield Audit(column.name, self.about.code, column.why or "it has one value")
