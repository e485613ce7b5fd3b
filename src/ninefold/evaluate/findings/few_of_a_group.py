"""NF765: groups of so few sealed rows that nothing can be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.fairness import FEWEST
from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.words import counted
from ninefold.evaluate.evidence import Evidence

SHOWN = 5


@dataclass(frozen=True)
class FewOfAGroup:
    about: ClassVar[About] = About(
        "NF765",
        "Groups too small to be judged",
        means="A group of a sensitive column has so few sealed rows that nothing can be said of it.",
        how="Fewer than 30 sealed rows; crossed columns do not count.",
        action="Bring more rows of these groups, or seal more with --holdout.",
        mistaken="A level that is hardly ever met may not need to be judged.",
        level="info",
        questions=(50,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        fairness = evidence.evaluation.fairness
        single = [each for each in fairness.compared if len(each.columns) == 1] if fairness else []
        small = [(each.name, group) for each in single for group in each.groups if not group.judged]
        if not small:
            return None
        told = [f"{column} {group.name} ({counted(group.rows, 'row')})" for column, group in small[:SHOWN]]
        more = f", and {len(small) - SHOWN} more" if len(small) > SHOWN else ""
        return self.about.finding(
            f"Fewer than {FEWEST} sealed rows: {', '.join(told)}{more}.",
            "Their rates are shown with wide intervals. Bring more rows of these groups, or seal more with --holdout.",
            columns=tuple(dict.fromkeys(column for column, _ in small)),
        )
