"""NF312: rows that belong together and share their target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Array
from ninefold.prepare.seen import Seen

TELLING = {"regression": 0.8}
AUC = 0.9
BEYOND = 0.1
LEVELS, ROWS = 20, 25


@dataclass(frozen=True)
class Groups:
    about: ClassVar[About] = About(
        "NF312",
        "Rows seem to belong together",
        means="A column names groups of a few rows (a patient, a machine, a household) whose targets are alike. "
        "With rows of one group on both sides of a split, a model that recognises the group looks better than it "
        "is.",
        how=f"A category, or a whole number, with {LEVELS} values or more and {ROWS} rows a value or fewer, whose "
        f"values tell the target out of fold with an AUC of {AUC} or an R² of {TELLING['regression']} or more; of "
        f"numbers, by {BEYOND} more than their size does.",
        action="If new rows will come from new groups: --group COLUMN keeps each group on one side. If from the same "
        "groups, nothing is wrong.",
        mistaken="Fine categories that honestly decide: a model of car and its price.",
        questions=(7, 8),
    )

    def find(self, seen: Seen) -> Finding | None:
        if seen.problem.group is not None:
            return None
        named = {name: values for name, values in seen.columns.items() if _could_name_groups(values)}
        told = {name: max((j.by_levels(v) for j in seen.judges), default=0.0) for name, v in named.items()}
        due = tuple(
            name for name, value in told.items() if value >= TELLING.get(seen.task, AUC) and _beyond(seen, name, value)
        )
        if not due:
            return None
        evidence = ", ".join(f"{name}: {seen.measure} {told[name]:.3f}" for name in due)
        action = f"If new rows come from new groups, seal and validate by whole groups: --group {due[0]}."
        return self.about.finding(f"the values of {evidence}", action, columns=due)


def _could_name_groups(values: Array) -> bool:
    """Categories and whole numbers that repeat, but not often."""
    if values.dtype.kind == "f" and (np.isnan(values).any() or (values != np.floor(values)).any()):
        return False
    if values.dtype.kind == "i":
        return False
    count = len(set(values.tolist()))
    return max(LEVELS, len(values) / ROWS) <= count <= len(values) / 2


def _beyond(seen: Seen, name: str, value: float) -> bool:
    return seen.columns[name].dtype.kind == "O" or value >= seen.alone[name] + BEYOND
