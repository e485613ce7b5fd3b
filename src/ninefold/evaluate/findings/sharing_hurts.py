"""NF770: a target is predicted worse by a network that it shares with others (negative transfer)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.sharing import Shared
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import between, number

MARGIN = 0.01
"""Of what knowing nothing costs: a smaller loss is not worth a word."""


@dataclass(frozen=True)
class SharingHurts:
    about: ClassVar[About] = About(
        "NF770",
        "Sharing a network hurts a target",
        means="One network for all targets predicts a target worse than a network of the same kind for that target "
        "alone: negative transfer.",
        how="The paired difference of losses on the sealed rows, or out of fold where no time was left for those; its "
        "whole 95 % interval lies above 0, and its mean above 1 % of what knowing nothing costs.",
        action="Run that target alone, or leave out the target that it has least to do with; the search gives separate "
        "models their weight as validation says.",
        mistaken="With many targets one of twenty differs by chance. A wider trunk or other weights of the losses may "
        "be enough.",
        questions=(42,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        sharing = evidence.evaluation.sharing
        hurt = [each for each in _last(sharing.targets) if each.hurts and each.more > MARGIN] if sharing else []
        if not hurt:
            return None
        told = [f"{s.target}: {number(s.more)} {between(s.low, s.high)} on {s.rows:,} rows ({s.where})" for s in hurt]
        return self.about.finding(
            f"joint − separate relative loss, {'; '.join(told)}",
            "Run that target alone, or leave out the target that it has least to do with. What ships is weighed by "
            "validation: see the weights of the ensemble.",
            title=f"Sharing a network hurts {', '.join(each.target for each in hurt)}",
        )


def _last(targets: tuple[Shared, ...]) -> tuple[Shared, ...]:
    """Those on sealed rows, where there are any."""
    sealed = tuple(each for each in targets if each.where == "sealed")
    return sealed or targets
