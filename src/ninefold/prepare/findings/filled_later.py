"""NF309: that a column has a value tells the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Array
from ninefold.prepare.seen import Seen
from ninefold_runtime.wire import absent

VALUES, CLASSES = 0.25, 0.75
LEAST = 20


@dataclass(frozen=True)
class FilledLater:
    about: ClassVar[About] = About(
        "NF309",
        "Being filled in tells the answer",
        means="Whether a column has a value, whatever it is, tells the target: a date of closing that only closed "
        "cases have. Such columns are often filled in after the event. It is learned from.",
        how=f"Having a value tells some class from the rest with an AUC of {CLASSES} or more (or values with an R² of "
        f"{VALUES}), with at least {LEAST} rows with and {LEAST} without one.",
        action="Find out when the column is filled in. If it is after the target, --drop it.",
        mistaken="Measurements that are only ordered where something is wrong already: they are honest. Weaker "
        "links are told by NF313.",
        questions=(7, 12),
    )

    def find(self, seen: Seen) -> Finding | None:
        gaps = {name: absent(values) for name, values in seen.columns.items()}
        told = {n: _told(seen, ~gone) for n, gone in gaps.items() if LEAST <= gone.sum() <= len(gone) - LEAST}
        names = [n for n, value in told.items() if value >= (VALUES if seen.task == "regression" else CLASSES)]
        if not names:
            return None
        evidence = ", ".join(f"having {name}: {seen.measure} {told[name]:.3f}" for name in names)
        action = "Find out whether it is filled in before the target is known; if not, --drop it."
        return self.about.finding(evidence, action, columns=tuple(names))


def _told(seen: Seen, there: Array) -> float:
    """The AUC of the class that having a value tells best, or R²."""
    if seen.task == "regression":
        return max((float(np.corrcoef(there, y)[0, 1] ** 2) for y in seen.targets if np.ptp(y)), default=0.0)
    classes = [y == code for y in seen.targets for code in range(seen.outputs)]
    return max((_auc(there, each) for each in classes if LEAST <= each.sum() <= len(each) - LEAST), default=0.5)


def _auc(there: Array, true: Array) -> float:
    return 0.5 + 0.5 * abs(float(there[true].mean() - there[~true].mean()))
