"""NF309: that a column has a value tells the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen
from ninefold_runtime.wire import absent

TELLING = {"regression": 0.25}
CHANCE = 0.75
LEAST = 20


@dataclass(frozen=True)
class FilledLater:
    about: ClassVar[About] = About(
        "NF309",
        "Being filled in tells the answer",
        means="Whether a column has a value, whatever it is, tells the target: a date of closing that only closed "
        "cases have. Such columns are often filled in after the event. It is learned from.",
        how=f"The AUC of having a value, out of fold, is {CHANCE} or more (R² {TELLING['regression']} for values), "
        f"with at least {LEAST} rows with and {LEAST} without one.",
        action="Find out when the column is filled in. If it is after the target, --drop it.",
        mistaken="Measurements that are only ordered where something is wrong already: they are honest. Weaker "
        "links are told by NF313.",
        questions=(7, 12),
    )

    def find(self, seen: Seen) -> Finding | None:
        gaps = {name: absent(values) for name, values in seen.columns.items()}
        filled = {n: (~gone).astype(np.float64) for n, gone in gaps.items() if LEAST <= gone.sum() <= len(gone) - LEAST}
        told = {n: v for n, v in seen.strongest(filled).items() if v >= TELLING.get(seen.task, CHANCE)}
        if not told:
            return None
        names = sorted(told, key=lambda name: -told[name])
        evidence = ", ".join(f"having {name}: {seen.measure} {told[name]:.3f}" for name in names)
        action = "Find out whether it is filled in before the target is known; if not, --drop it."
        return self.about.finding(evidence, action, columns=tuple(names))
