"""NF201: rows without a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.collect.labelled import VOID
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Dataset


@dataclass(frozen=True)
class NoTarget:
    about: ClassVar[About] = About(
        "NF201",
        "Rows without a target are left out",
        means="Some rows have nothing in the target column (or in the time column, where one was named). They can "
        "neither be learned from nor be scored. Where there is no target, rows that hold nothing at all are left out.",
        how="Counted while reading: cells that are empty, that hold a word for missing, or that cannot be read.",
        action="Fill them in the source if they matter. If they are missing for a reason, the rows that are left "
        "are not like those that the model will meet.",
        mistaken="None as a count. Whether the gaps are random cannot be told from the table alone.",
        level="info",
        questions=(7, 12),
    )

    def find(self, seen: Dataset) -> Finding | None:
        if not seen.dropped_rows:
            return None
        shown = ", ".join(f"{count:,} with {reason}" for reason, count in seen.dropped_rows.items())
        title = "Empty rows are left out" if [*seen.dropped_rows] == [VOID] else None
        return self.about.finding(shown, "Fill them in the source if they matter.", title=title)
