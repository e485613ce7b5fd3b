"""NF310: dates that lie after the row's own time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen
from ninefold_runtime.wire import absent

MOSTLY = 0.9
LEAST = 20


@dataclass(frozen=True)
class Later:
    about: ClassVar[About] = About(
        "NF310",
        "Later than the row's own time",
        means="A date lies after the time that says when the row was made (--time), so it was perhaps not known then. "
        "What is learned from it will not be there when the model is asked.",
        how=f"More than {MOSTLY:.0%} of its dates, and at least {LEAST}, are later than the row's time.",
        action="Leave it out (--drop), or name the time at which the row is complete as --time.",
        mistaken="Plans: a date due, a booked arrival. They are known before.",
        questions=(7,),
    )

    def find(self, seen: Seen) -> Finding | None:
        times = seen.rows.times
        if times is None or times.dtype.kind != "i":
            return None
        dates = {name: values for name, values in seen.columns.items() if values.dtype.kind == "i"}
        late = {name: share for name, values in dates.items() if (share := _later(values, times)) > MOSTLY}
        if not late:
            return None
        evidence = ", ".join(f"{name}: {share:.0%} of its dates" for name, share in late.items())
        action = "Leave out what is not known at the time of the row (--drop)."
        return self.about.finding(f"later than {seen.problem.time}: {evidence}", action, columns=tuple(late))


def _later(values: np.ndarray, times: np.ndarray) -> float:
    there = ~absent(values)
    return float((values[there] > times[there]).mean()) if there.sum() >= LEAST else 0.0
