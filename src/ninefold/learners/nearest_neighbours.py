"""k nearest neighbours, for classes and for values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.neighbours import Metric, Neighbours
from ninefold.learners._trivial import constant, is_trivial

FLOOR = 0.01


@dataclass(frozen=True)
class NearestNeighbours:
    """Keeps the training rows (a random part of very many) and asks the k nearest.

    The search is exact: each prediction is compared with every kept row, so that its cost grows with ``rows`` x
    columns. That is why ``rows`` is bounded: 5,000 rows of 20 columns take about a millisecond.
    """

    k: int = setting(25, "Neighbours asked", low=1, high=200, log=True, tiny=3, simpler="high")
    metric: Metric = setting("euclidean", "How distance is measured (Minkowski: of order 3)", choices=get_args(Metric))
    weights: Literal["uniform", "distance"] = setting(
        "distance", "Whether all neighbours count the same or near ones more", choices=("uniform", "distance")
    )
    rows: int = setting(5_000, "Training rows kept at most", low=100, high=100_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="Nearest neighbours",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="Do as the most similar known rows did.",
        inductive_bias="Rows that are near in all columns at once have the same target; every column counts alike.",
        cost="Nothing to fit; each prediction looks at every kept row.",
        source="Fix and Hodges 1951, Cover and Hart 1967; distances by SciPy",
        questions=(15, 16),
        seconds=3.0,
        promise=0.2,
        family="neighbours",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth"),
        fails_on=("noise", "noise_columns"),
        keeps_rows=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"k": 10, "metric": "manhattan"},
        {"k": 60, "weights": "uniform"},
        {"k": 5},
        {"k": 15, "metric": "cosine"},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        kept = np.sort(rng.permutation(len(data.y))[: self.rows])
        whitening = _whitening(data.x[kept]) if self.metric == "mahalanobis" else None
        return Neighbours(data.x[kept], _said(data)[kept], self.k, self.metric, self.weights == "distance", whitening)


def _whitening(x: Array) -> Array:
    """[D, D]: x @ it has uncorrelated columns of variance about 1.

    A hundredth of the mean variance is added to every direction, so that columns that repeat each other do no harm.
    """
    spread, directions = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False, bias=True)))
    least = FLOOR * float(spread.mean()) or 1.0
    return np.asarray(directions / np.sqrt(np.maximum(spread, 0.0) + least))


def _said(data: Examples) -> Array:
    """[N, K]: 1 in the column of the row's class, or the row's value [N, 1]."""
    if data.task == "regression":
        return np.asarray(data.y, float)[:, None]
    return np.asarray(data.y[:, None] == np.arange(data.outputs), float)
