"""NF601: trials that were chosen and are not in the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Model
from ninefold.core.section import Finding


@dataclass(frozen=True)
class Refused:
    about: ClassVar[About] = About(
        "NF601",
        "Learners are not in the graph",
        means="A trial had a place in the ensemble but does not ship; the weights of the others were raised. A warning "
        "where nothing but the baseline is left.",
        how="Its graph differed from the fitted Python by more than the tolerance, it would have exceeded a limit "
        "that you set, it keeps training rows and that was not allowed, or its last fit failed.",
        action="Raise the limit (--max-size, --max-latency), allow rows (--allow-rows), or take the model as it is.",
        mistaken="None. Often the others make up for it: compare the validation score with the sealed one.",
        level="info",
        questions=(22,),
    )

    def find(self, seen: Model) -> Finding | None:
        if not seen.refused:
            return None
        bare = all(member.learner == "baseline" for member in seen.members)
        first = next(iter(seen.refused))
        return self.about.finding(
            "; ".join(f"{name}: {why}" for name, why in seen.refused.items()) + ".",
            "Raise the limit or allow what was refused, if it is worth it.",
            title=f"{first} is not in the graph" if len(seen.refused) == 1 else None,
            level="warning" if bare else None,
        )
