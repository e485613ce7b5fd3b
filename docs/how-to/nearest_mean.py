"""The nearest class mean: the example of CONTRIBUTING.md, complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, op
from ninefold.learners._trivial import constant, is_trivial

NEVER = -1e9
"""The score of a class that no training row has."""


@dataclass(frozen=True)
class NearestMean:
    """Gives a row to the class whose mean is nearest, the more surely the nearer it is than the others."""

    sharpness: float = setting(
        1.0, "How fast doubt falls with the difference of squared distances", low=0.01, high=100.0, log=True, tiny=1.0
    )

    card: ClassVar[Card] = Card(
        title="Nearest mean",
        solves=("binary", "multiclass"),
        view="scaled",
        idea="One typical row stands for each class.",
        inductive_bias="Classes are round clouds of one size around their means.",
        cost="One pass over the rows.",
        source="Fisher 1936, with one variance for all columns and classes; NumPy",
        questions=(1,),
        family="centroid",
        seconds=0.01,
        promise=0.05,
        beats_baseline_on=("halfspace", "blobs"),
        fails_on=("xor",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"sharpness": 0.1})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        member = np.asarray(data.y[:, None] == np.arange(data.outputs), float)
        count = member.sum(axis=0)
        means = (member / np.maximum(count, 1.0)).T @ data.x
        within = float(((data.x - means[data.y]) ** 2).mean()) + 1e-9
        return _Means(means, self.sharpness / within, np.where(count > 0, 0.0, NEVER))


@dataclass(frozen=True, eq=False)
class _Means:
    """Scores [N, K] = -``rate`` / 2 x squared distance to each of the ``means`` [K, D], + ``offset``, as shares."""

    means: Array
    rate: float
    offset: Array

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        # |x|² is the same for every class, so that shares do without it.
        return links.applied("softmax", x @ (self.rate * self.means.T) + self._intercept)

    def graph(self, x: Var) -> Var:
        scores = op.matmul(x, const(self.rate * self.means.T))
        return links.nodes("softmax", op.add(scores, const(self._intercept)))

    @property
    def _intercept(self) -> Array:
        return np.asarray(self.offset - 0.5 * self.rate * (self.means**2).sum(axis=1))

    def borders(self) -> Array:
        """The means, and the points halfway between neighbours of them."""
        return np.vstack([self.means, 0.5 * (self.means[1:] + self.means[:-1])])
