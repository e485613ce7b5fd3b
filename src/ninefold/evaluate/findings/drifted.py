"""NF712: sealed rows differ from the rows that were learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold_runtime.drift import FLOORS

RATE = 0.01
SHOWN = 4


@dataclass(frozen=True)
class Drifted:
    about: ClassVar[About] = About(
        "NF712",
        "Sealed rows differ from training rows",
        means="Some columns, or the target, are spread otherwise among the sealed rows than among those learned "
        "from. The score is then one of generalising to other rows: honest for what comes later, if rows were "
        "sealed by time.",
        how="The monitor's tests, from training rows to sealed rows: Kolmogorov-Smirnov for numbers, chi-square for "
        f"categories, Fisher's for gaps, Holm's correction over all of them at {RATE:.0%}, and at least "
        f"{FLOORS['distribution']:.0%} of the rows would have to move.",
        action="Where rows are sealed by time: expect such changes in use, watch these columns (ninefold watch), "
        "and train again often. Where at random: look for repeated rows, or for few groups that make up the table "
        "(--group).",
        mistaken=f"{RATE:.0%} of random seals by chance. Columns that rise with time (a counter, a year) always "
        "differ when sealed by time.",
        questions=(7, 8),
    )

    def find(self, seen: Evidence) -> Finding | None:
        if not seen.drift:
            return None
        told = [f"{column.name} ({column.size:.0%} of rows moved)" for column in seen.drift[:SHOWN]]
        more = f" and {len(seen.drift) - SHOWN} more" if len(seen.drift) > SHOWN else ""
        action = "Expect such changes in use: watch these columns and train again when they move."
        columns = tuple(column.name for column in seen.drift)
        return self.about.finding(", ".join(told) + more, action, columns=columns)
