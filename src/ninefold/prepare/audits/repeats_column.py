"""NF306: columns that say the same as an earlier one under other names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.prepare.fingerprint import fingerprint
from ninefold.prepare.seen import Seen


@dataclass(frozen=True)
class RepeatsColumn:
    about: ClassVar[About] = About(
        "NF306",
        "Repeats another column",
        means="The column is another one written otherwise: its values renamed one to one, or its numbers shifted and "
        "stretched. It adds nothing, and shares the other's importance.",
        how="A hash of the order in which values appear, or of the numbers standardised.",
        action="Nothing. --keep COLUMN overrules.",
        mistaken="In very small tables two columns may agree by chance. Columns that nearly repeat others are told "
        "by NF314.",
        level="info",
        questions=(5,),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        known: dict[bytes, str] = {}
        for name in seen.columns:
            print_ = fingerprint(seen.dataset.rows.columns[name])
            if print_ in known:
                yield Audit(name, self.about.code, f"it repeats {known[print_]}")
            else:
                known[print_] = name
