"""LIME: a linear stand-in for the graph near this row, with how well it follows and how stable it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.asking import scale_of, spoken_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.explanation import Account, Contribution, Explanation, Listing
from ninefold_runtime.explain.lime import lime
from ninefold_runtime.explain.lime_text import lime_text_column
from ninefold_runtime.explain.surrogate import Local

WORDS = 8
_LOW_FIDELITY, _LOW_STABILITY = 0.5, 0.6


@dataclass(frozen=True)
class Lime:
    """Weights of raw columns near the row (`ninefold_runtime.explain.lime`), and of the words of its texts."""

    title: ClassVar[str] = "LIME: what would change nearby"
    samples: int = 1_000
    """Rows that the graph is asked about in each of five rounds, and once more for each text."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        found = lime(asked, row, samples=self.samples, seed=seed)
        base = asked.background.weights @ asked.ask(asked.background.columns)
        told = zip(asked.outputs, base.tolist(), found, strict=True)
        accounts = tuple(
            Account(output, typical, local.value, _parts(asked, row, local)) for output, typical, local in told
        )
        spoken = spoken_of(asked.schema.target, np.array([local.value for local in found]))
        tables = (_trust(asked, found), *self._words(asked, row, spoken, seed))
        return Explanation("lime", scale_of(asked.schema.target), accounts, tuple(_notes(found)), tables)

    def _words(self, asked: Asked, row: Arrays, output: int, seed: int) -> Iterator[Listing]:
        """The words of each text that has any, for the output that a reader wants first."""
        for column in asked.schema.columns:
            if column.kind == "text" and row[column.name][0]:
                local = lime_text_column(asked, row, column.name, samples=self.samples, seed=seed)[output]
                title = f"Words of {column.name}: what {asked.outputs[output]} owes to them"
                yield Listing(title, ("words", "weight"), local.heaviest[:WORDS])


def _parts(asked: Asked, row: Arrays, local: Local) -> tuple[Contribution, ...]:
    pairs = zip(asked.schema.columns, local.weights.tolist(), strict=True)
    return tuple(Contribution(column.name, cell(column, row[column.name][0]), weight) for column, weight in pairs)


def _trust(asked: Asked, found: Sequence[Local]) -> Listing:
    rows = [
        (output, local.fidelity, local.stability, local.stand_in)
        for output, local in zip(asked.outputs, found, strict=True)
    ]
    headings = ("output", "fidelity (R², 0 to 1)", "stability (Jaccard, 0 to 1)", "stand-in says")
    return Listing("How far the stand-in can be trusted", headings, tuple(rows))


def _notes(found: Sequence[Local]) -> Iterator[str]:
    yield (
        "A weight is by how much the answer rises with one spread more of a number, or with a value being as it is "
        "rather than another one; weights do not add up to anything."
    )
    if min(local.fidelity for local in found) < _LOW_FIDELITY:
        yield "The stand-in follows the graph badly here (low fidelity): do not rely on these weights."
    if min(local.stability for local in found) < _LOW_STABILITY:
        yield "Other seeds name other columns (low stability): do not rely on their order."
