"""Density around centres: rows where few known rows are near are unusual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.distances import distance_graph, squares
from ninefold.forms.onnx import Var, const, op
from ninefold.learners._prototypes import prototypes
from ninefold.learners._trivial import constant
from ninefold.learners._unusual import is_uniform, ranked


@dataclass(frozen=True)
class CentreDensity:
    """Estimates how dense rows lie by equal round clouds at the centres that k-means finds, weighted by their rows."""

    centres: int = setting(64, "Centres at most", low=2, high=500, log=True, tiny=8)

    card: ClassVar[Card] = Card(
        title="Density around centres",
        solves=("anomaly",),
        view="scaled",
        idea="Rows that lie far from where rows are many are unusual.",
        inductive_bias="Rows gather in regions; distance counts alike in all columns; clouds are round, of one width.",
        cost="Rows x centres x columns, some thirty times; keeps centres, no rows.",
        source="Parzen 1962, reduced by k-means (Arthur and Vassilvitskii 2007; scikit-learn)",
        questions=(40,),
        seconds=0.5,
        family="density",
        beats_baseline_on=("hollow", "strays"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_uniform(data):
            return constant(data)
        found = prototypes(data.x, self.centres, rng)
        return ranked(_Density(found.centres, np.log(found.shares), found.spread), data, rng)


@dataclass(frozen=True, eq=False)
class _Density:
    """-ln of the sum over ``centres`` [K, D] of exp(``weights`` [K] - squared distance / (2 ``variance``))."""

    centres: Array
    weights: Array
    variance: float

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        from scipy.special import logsumexp

        powers = self.weights - squares(x, self.centres) / (2 * self.variance)
        return np.asarray(-logsumexp(powers, axis=1, keepdims=True))

    def graph(self, x: Var) -> Var:
        far = op.div(distance_graph(x, self.centres), const(2 * self.variance))
        powers, axis = op.sub(const(self.weights), far), const([1], np.int64)
        largest = op.reduce_max(powers, axis, keepdims=True)
        total = op.reduce_sum(op.exp(op.sub(powers, largest)), axis, keepdims=True)
        return op.neg(op.add(op.log(total), largest))

    def borders(self) -> Array:
        """The centres, and points half way between two."""
        return np.vstack([self.centres, (self.centres[1:] + self.centres[:-1]) / 2])
