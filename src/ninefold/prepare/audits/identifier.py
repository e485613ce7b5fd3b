"""NF302: columns that name the row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.seen import Seen


@dataclass(frozen=True)
class Identifier:
    about: ClassVar[About] = About(
        "NF302",
        "Identifier",
        means="The column names the row and says nothing about it. A learner that remembers names does well on rows "
        "it has seen and nowhere else.",
        how="All values differ, and they count the rows, are called an id, are codes with leading zeros, or are single "
        "words.",
        action="Nothing. If parts of it mean something (a year, a region), make columns of these in the source; if "
        "rows of one person share it, use --group. See NF311 where it tells the target all the same.",
        mistaken="Codes that are all different by chance, in small tables: --keep COLUMN, with --kind COLUMN=category.",
        level="info",
        questions=(5, 12),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for column in seen.dataset.columns:
            if column.name in seen.columns and column.kind == "id":
                yield Audit(column.name, self.about.code, column.why or "it names the row")
