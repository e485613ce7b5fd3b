"""NF306: columns that say the same as an earlier one under other names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.core.table import Array
from ninefold.prepare.fingerprint import fingerprint
from ninefold.prepare.seen import Seen

FEW = 5
"""Values up to which any two sets of them are soon told apart, in whatever order they come."""


@dataclass(frozen=True)
class RepeatsColumn:
    about: ClassVar[About] = About(
        "NF306",
        "Repeats another column",
        means="The column is another one written otherwise: its values renamed one to one, or its numbers shifted and "
        "stretched. It adds nothing, and shares the other's importance.",
        how="A hash of the order in which values appear, or of the numbers standardised. Numbers of more than 5 "
        "different values are not taken for a copy of words, nor words for one of them: numbers carry an order.",
        action="Nothing. --keep COLUMN overrules.",
        mistaken="In very small tables two columns may agree by chance. Columns that nearly repeat others are told "
        "by NF314.",
        level="info",
        questions=(5,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        known: dict[tuple[bytes, bool], str] = {}
        for name in seen.columns:
            values = seen.dataset.rows.columns[name]
            print_ = fingerprint(values), _is_ordered(values)
            if print_ in known:
                yield Audit(name, self.about.code, f"it repeats {known[print_]}")
            else:
                known[print_] = name


def _is_ordered(values: Array) -> bool:
    return values.dtype.kind != "O" and len(np.unique(values)) > FEW
