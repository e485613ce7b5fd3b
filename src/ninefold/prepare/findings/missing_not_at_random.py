"""NF313: rows with a gap differ from rows without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.table import Array
from ninefold.diagnosis.apart import Side, apart
from ninefold.prepare.seen import Seen
from ninefold_runtime.wire import absent

LEAST, MOST = 20, 10
RATE = 0.01
SIZE = 0.1
SAMPLE = 20_000


@dataclass(frozen=True)
class MissingNotAtRandom:
    about: ClassVar[About] = About(
        "NF313",
        "Missing not at random",
        means="Rows where a value is missing differ from the others, in the target or in other columns. Leaving "
        "such rows out, or filling the gaps as if nothing were meant by them, bends what is learned.",
        how="The monitor's drift tests, between rows with a gap and rows without, over the target and all other "
        f"columns (Kolmogorov-Smirnov, chi-square, Fisher; Holm's correction at {RATE:.0%}): said where at least "
        f"{SIZE:.0%} of the rows would have to move. The {MOST} columns with the most gaps, {LEAST} gaps at least, "
        f"{SAMPLE:,} rows.",
        action="Nothing needs to be done: gaps are filled inside folds and an indicator column says where they "
        "were; trees see the gap itself. Make sure that values will be missing for the same reasons in use.",
        mistaken="One in a hundred tables by chance. That nothing is found does not prove that gaps are random: "
        "they may depend on the missing value itself.",
        level="info",
        questions=(12,),
    )

    def find(self, seen: Seen) -> Finding | None:
        step = max(1, len(seen.rows) // SAMPLE)
        columns = {name: values[::step] for name, values in seen.columns.items()}
        gaps = {name: gone for name, v in columns.items() if LEAST <= (gone := absent(v)).sum() <= len(gone) - LEAST}
        most = sorted(gaps, key=lambda name: -int(gaps[name].sum()))[:MOST]
        linked = {
            name: with_what for name in most if (with_what := self._linked(seen, name, gaps[name], columns, step))
        }
        if not linked:
            return None
        evidence = "; ".join(f"gaps in {name} go with {', '.join(others[:3])}" for name, others in linked.items())
        action = (
            "Nothing: an indicator says where gaps were. Make sure that values are missing for the same reasons in use."
        )
        return self.about.finding(evidence, action, columns=tuple(linked))

    def _linked(self, seen: Seen, name: str, gone: Array, columns: dict[str, Array], step: int) -> list[str]:
        """What differs where name is missing, the most different first."""

        def side(rows: Array) -> Side:
            others = {other: values[rows] for other, values in columns.items() if other != name}
            return Side(others, tuple(y[::step][rows] for y in seen.named), seen.task != "regression")

        kinds = {column.name: column for column in seen.dataset.columns}
        found = apart(kinds, side(~gone), side(gone), RATE / MOST, titles=seen.problem.targets)
        return [column.name for column in found if column.size >= SIZE]
