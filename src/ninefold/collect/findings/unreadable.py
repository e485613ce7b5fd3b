"""NF202: cells that hold something, but nothing of their column's kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Dataset


@dataclass(frozen=True)
class Unreadable:
    about: ClassVar[About] = About(
        "NF202",
        "Some values cannot be read",
        means="A column was taken for numbers, dates or yes and no, and some of its cells are none of these. They "
        "count as missing, now and at prediction.",
        how="Counted while reading, column by column. A column is of a kind when at least 95 % of its cells are, or "
        "half of them where the rest is one or two words.",
        action="Correct the cells in the source, or name the column's kind: --kind name=category.",
        mistaken="Words such as 'n/a' are known and not counted; a word that stands for missing in this table alone "
        "is.",
        questions=(7, 12),
    )

    def find(self, seen: Dataset) -> Finding | None:
        if not seen.unreadable:
            return None
        shown = ", ".join(f"{name}: {count:,}" for name, count in seen.unreadable.items())
        action = "They count as missing. Correct them in the source, or name the column's kind (--kind name=category)."
        return self.about.finding(shown, action, columns=tuple(seen.unreadable))
