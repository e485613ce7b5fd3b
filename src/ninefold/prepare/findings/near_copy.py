"""NF308: a column that nearly tells the answer, and is learned from all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen
from ninefold.prepare.strength import SUSPECT

VALUES, LEVELS = 0.93, 0.93
"""R² of values, and AUC of columns of few values, from which on a column is suspected."""
EACH = 2
"""Different values for each class, up to which a column is of few values."""
AHEAD, MEASURED = 0.33, 0.15
LINKED = 0.05
CHANCE = 0.6


@dataclass(frozen=True)
class NearCopy:
    about: ClassVar[About] = About(
        "NF308",
        "Nearly tells the answer",
        means="One column alone tells nearly everything. It may be a copy of the target with a few changes, or a "
        "thing that is known only afterwards; it may also just be good. It is learned from.",
        how=f"Alone, out of fold, it reaches an AUC of {SUSPECT} or an R² of {VALUES}, and leaves open at most "
        f"{AHEAD:.0%} of what the next column leaves open ({MEASURED:.0%} where a number without gaps tells classes, "
        f"as honest measurements do), which must itself say something (AUC {CHANCE}, R² {LINKED}). Of columns with "
        f"no more than {EACH} values for each class an AUC of {LEVELS} is enough: honest ones seldom decide so "
        "sharply.",
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
        sharp = [name for name, value in ranked if value >= LEVELS and _has_few_values(seen, name)]
        (name, best), (_, second) = ranked[:2]
        bar, said = (VALUES, LINKED) if seen.task == "regression" else (SUSPECT, CHANCE)
        ahead = MEASURED if seen.problem.classes and seen.is_measured(name) else AHEAD
        far = best >= bar and second >= said and 1 - best <= ahead * (1 - second)
        due = tuple(dict.fromkeys((*sharp, *([name] if far else []))))
        if not due:
            return None
        evidence = ", ".join(f"{each} alone: {seen.measure} {seen.alone[each]:.3f}" for each in due)
        action = f"Find out whether {due[0]} is known before the target is; if not: --drop {due[0]}."
        return self.about.finding(evidence, action, columns=due)


def _has_few_values(seen: Seen, name: str) -> bool:
    return bool(seen.problem.classes) and len(set(seen.columns[name].tolist())) <= EACH * seen.outputs
