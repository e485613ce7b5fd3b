"""NF303: columns that repeat the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.bands import are_bands
from ninefold.prepare.seen import Seen
from ninefold.prepare.strength import SUSPECT

COPY = 0.995


@dataclass(frozen=True)
class RepeatsTarget:
    about: ClassVar[About] = About(
        "NF303",
        "Left out: repeats the target",
        means="The column is the target under another name: the same words, a code for them, the same number in "
        "another unit, bands of it, or a text that spells it out. It will not be there when the model is asked.",
        how=f"Alone, and judged out of fold, it tells the target with an AUC (classes) or R² (values) of {COPY} or "
        "more, by its levels, by quantile bins, by correlation, by the words of a text or the numbers in it; or its "
        "levels lie beside each other along the target without overlapping, so that they are bands of it.",
        action="Leave it out, which has been done. If it is honestly known before the target is, --keep COLUMN.",
        mistaken="Tables in which one honest measurement decides: the column is then the rule itself, and nothing "
        "needs to be learned. Where no column is below the suspicion of NF304, none is called a copy.",
        level="serious",
        questions=(7,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        alone = seen.alone
        if min(alone.values(), default=1.0) >= SUSPECT:
            return
        target = "a target" if seen.problem.several else "the target"
        banded = _bands(seen)
        yield from (Audit(name, self.about.code, f"its values are bands of {target}") for name in banded)
        for name in sorted(alone, key=lambda column: -alone[column]):
            if alone[name] >= COPY and name not in banded:
                yield Audit(name, self.about.code, f"it repeats {target} (alone: {seen.measure} {alone[name]:.3f})")


def _bands(seen: Seen) -> list[str]:
    """Columns whose levels lie beside each other along a target of values."""
    if seen.task != "regression":
        return []
    return [n for n, values in seen.columns.items() if any(are_bands(values, y, seen.rng) for y in seen.targets)]
