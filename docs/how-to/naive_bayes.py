"""Gaussian naive Bayes: the example of CONTRIBUTING.md, complete."""

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


@dataclass(frozen=True)
class NaiveBayes:
    """Takes the columns for independent and normal within each class, and applies Bayes' rule."""

    smoothing: float = setting(
        1e-3, "Share of the largest variance added to every variance", low=1e-9, high=1.0, log=True, tiny=1e-3
    )

    card: ClassVar[Card] = Card(
        title="Naive Bayes",
        solves=("binary", "multiclass"),
        view="scaled",
        idea="Each column votes for the classes on its own; votes multiply.",
        inductive_bias="Within a class the columns are independent and bell-shaped.",
        cost="One pass over the rows.",
        source="Maron 1961; NumPy",
        questions=(1,),
        family="bayes",
        beats_baseline_on=("halfspace", "blobs"),
        fails_on=("xor",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"smoothing": 0.1})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        member = np.asarray(data.y[:, None] == np.arange(data.outputs), float)
        count = np.maximum(member.sum(axis=0), 1.0)[:, None]
        mean = member.T @ data.x / count
        spread = self.smoothing * data.x.var(axis=0).max() + 1e-9
        variance = np.maximum(member.T @ data.x**2 / count - mean**2, 0.0) + spread
        share = (member.sum(axis=0) + 1.0) / (len(data.y) + data.outputs)
        return _Quadratic((-0.5 / variance).T, (mean / variance).T, _intercept(mean, variance, share))


def _intercept(mean: Array, variance: Array, share: Array) -> Array:
    return np.asarray(np.log(share) - 0.5 * (np.log(variance) + mean**2 / variance).sum(axis=1))


@dataclass(frozen=True, eq=False)
class _Quadratic:
    """Scores [N, K] = x² @ ``square`` + x @ ``linear`` + ``intercept``, turned into shares."""

    square: Array
    linear: Array
    intercept: Array

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return links.applied("softmax", x**2 @ self.square + x @ self.linear + self.intercept)

    def graph(self, x: Var) -> Var:
        scores = op.add(op.matmul(op.mul(x, x), const(self.square)), op.matmul(x, const(self.linear)))
        return links.nodes("softmax", op.add(scores, const(self.intercept)))

    def borders(self) -> Array:
        return np.empty((0, len(self.linear)))
