"""NF204: sealed rows that have a twin among the rows to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.collect import repeated
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Dataset


@dataclass(frozen=True)
class Twins:
    about: ClassVar[About] = About(
        "NF204",
        "Rows repeat across the seal",
        means="Rows that were sealed for evaluation are the same as, or hardly differ from, rows that are learned "
        "from. A model that remembers rows is then scored on what it remembers.",
        how=f"Looked at are columns, {repeated.FEWEST_COLUMNS} or more, in which at least {repeated.DIFFERENT:.0%} "
        f"of the values differ and nearly none is missing. Of at most {repeated.ASKED} sealed rows, the distance to "
        f"the nearest training row (of at most {repeated.MOST:,}) is compared with that to the {repeated.RANK}th "
        f"nearest. Where rows are spread by chance over {repeated.DIMENSION:.0f} directions or more, the first is "
        f"less than {repeated.CLOSE:.0%} of the other in about {repeated.expected():.2%} of rows; said when more "
        f"than {repeated.SHARE:.0%} are, and more than chance allows (binomial test at {repeated.LEVEL}). The ratio "
        "of distances to neighbours is that of TwoNN (Facco and others 2017). Exact copies are put on one side of "
        "the seal before, unless rows are sealed by group or by time.",
        action="Remove the repeats from the source, or name the column whose rows belong together: --group COLUMN "
        "seals whole groups.",
        mistaken="Tables whose rows are measured again and again on purpose (a sensor at rest). Twins that occur five "
        "times or more among the training rows look like a dense place and are not seen, nor are twins in tables of "
        "categories and small whole numbers, whose rows agree by chance.",
        level="serious",
        questions=(7, 8),
    )

    def find(self, seen: Dataset) -> Finding | None:
        if not seen.twins:
            return None
        evidence = f"{seen.twins:.0%} of the sealed rows have a twin among the rows to learn from"
        return self.about.finding(evidence, "Remove the repeats, or seal whole groups with --group COLUMN.")
