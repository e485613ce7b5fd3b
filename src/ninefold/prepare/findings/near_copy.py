"""NF308: a column that nearly tells the answer, and is learned from all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen
from ninefold.prepare.strength import SUSPECT

VALUES, LEVELS = 0.93, 0.93
"""R² of values, and AUC of columns of few values, from which on a column is suspected."""
FEW = 32
AHEAD = 0.33
LINKED = {"regression": 0.05}
CHANCE = 0.6


@dataclass(frozen=True)
class NearCopy:
    about: ClassVar[About] = About(
        "NF308",
        "Nearly tells the answer",
        means="One column alone tells nearly everything. It may be a copy of the target with a few changes, or a "
        "thing that is known only afterwards; it may also just be good. It is learned from.",
        how=f"Alone, out of fold, it reaches an AUC of {SUSPECT} ({LEVELS} where it has at most {FEW} different "
        f"values, as honest ones seldom decide so sharply) or an R² of {VALUES}, and leaves open at most {AHEAD:.0%} "
        f"of what the next column leaves open, which must itself say something (AUC {CHANCE}, R² "
        f"{LINKED['regression']}).",
        action="Find out when the column is filled in. If it is after the target, --drop it; nothing else makes the "
        "score honest.",
        mistaken="Rules with one deciding measurement. A copy with more noise than this cannot be told from a good "
        "column.",
        questions=(7,),
    )

    def find(self, seen: Seen) -> Finding | None:
        ranked = sorted(seen.alone.items(), key=lambda item: -item[1])
        if len(ranked) < 2 or not seen.targets:
            return None
        (name, best), (_, second) = ranked[:2]
        sharp = seen.task != "regression" and len(np.unique(_comparable(seen, name))) <= FEW
        bar = VALUES if seen.task == "regression" else LEVELS if sharp else SUSPECT
        if best < bar or second < LINKED.get(seen.task, CHANCE) or 1 - best > AHEAD * (1 - second):
            return None
        evidence = f"{name} alone: {seen.measure} {best:.3f}, the next column {second:.3f}"
        action = f"Find out whether {name} is known before the target is; if not: --drop {name}."
        return self.about.finding(evidence, action, title=f"{name} nearly tells the answer", columns=(name,))


def _comparable(seen: Seen, name: str) -> np.ndarray:
    values = seen.columns[name]
    return values.astype(str) if values.dtype.kind == "O" else values[~np.isnan(values.astype(np.float64))]
