"""Nearest prototypes: made-up training rows like this one, and what the graph says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.explanation import Account, Cell, Explanation, Listing
from ninefold_runtime.explain.prototypes import nearest


@dataclass(frozen=True)
class Prototypes:
    """The background rows most like the row, by Gower's distance (`ninefold_runtime.explain.prototypes`)."""

    title: ClassVar[str] = "Examples like this row"
    count: int = 5

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        near = nearest(asked, row, self.count)
        value = asked.ask(row)[0]
        base = asked.background.weights @ asked.ask(asked.background.columns)
        pairs = zip(asked.outputs, base.tolist(), value.tolist(), strict=True)
        accounts = tuple(Account(output, typical, said) for output, typical, said in pairs)
        numbers = range(len(near.distances))
        rows: list[tuple[Cell, ...]] = [("distance", 0.0, *near.distances.tolist())]
        for k, output in enumerate(asked.outputs):
            rows.append((f"says {output}", float(value[k]), *near.said[:, k].tolist()))
        for column in asked.schema.columns:
            cells = [cell(column, near.rows[column.name][i]) for i in numbers]
            rows.append((column.name, cell(column, row[column.name][0]), *cells))
        headings = ("", "this row", *(f"no. {i + 1}" for i in numbers))
        listing = Listing("The most similar examples", headings, tuple(rows))
        notes = (
            f"Examples are {len(asked.background)} made-up rows that stand for the training rows; none of them is a "
            "row of the table. Distance is the mean over the columns, 0 (alike) to 1.",
        )
        return Explanation("prototypes", scale_of(asked.schema.target), accounts, notes, (listing,))
