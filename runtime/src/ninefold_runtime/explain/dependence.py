"""How the graph's answer follows one column: partial dependence and its single curves (Friedman 2001; Goldstein 2015).

Every row is asked about with the column set to each place in turn. The mean of the curves is the partial dependence,
the curves themselves (ICE) tell whether rows follow the column alike. Where columns depend on each other, some of
these rows cannot exist: `ninefold_runtime.explain.ale` avoids them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold_runtime.explain.asked import Array, Asked, Background
from ninefold_runtime.explain.places import POINTS, places
from ninefold_runtime.explain.rows import exchanged, quantiles
from ninefold_runtime.schema import Column


@dataclass(frozen=True)
class Dependence:
    """``places`` [G] of a column, and the answers at each of them: ``each`` [G, B, K] of every row, ``mean`` [G, K]."""

    column: str
    places: Array
    each: Array
    mean: Array
    weights: Array

    def band(self, output: int, low: float = 0.1, high: float = 0.9) -> tuple[Array, Array]:
        """Quantiles over the rows at each place, [G] each: the range that most single curves lie in."""
        levels = np.array([low, high])
        limits = [quantiles(answers, self.weights, levels) for answers in self.each[:, :, output]]
        return tuple(np.array(limits).reshape(-1, 2).T)  # type: ignore[return-value]


def partial_dependence(
    asked: Asked, column: Column, rows: Background | None = None, points: int = POINTS
) -> Dependence:
    """Ask about ``rows``, the background where none are given, at each place of the column: G x B rows."""
    among = asked.background if rows is None else rows
    where = places(column, among, points)
    answers = [asked.ask(exchanged(among.columns, column.name, place)) for place in where]
    each = np.array(answers).reshape(len(where), len(among), len(asked.outputs))
    return Dependence(column.name, where, each, np.average(each, axis=1, weights=among.weights), among.weights)
