"""Naive Bayes: normal columns and yes-or-no columns, each voting on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.quadratic import Quadratic
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class NaiveBayes:
    """Takes the columns for independent within each class, and applies Bayes' rule.

    A column of zeros and ones (one level of a category, a mark for a gap) is yes or no with a chance per class; any
    other is normal with a mean and a variance per class. ``trust`` below 1 weakens every vote, as columns that say
    the same would else be counted twice.
    """

    smoothing: float = setting(
        1e-3, "Share of the largest variance added to every variance", low=1e-9, high=1.0, log=True
    )
    trust: float = setting(1.0, "Weight of each column's vote", low=0.02, high=1.0, log=True)

    card: ClassVar[Card] = Card(
        title="Naive Bayes",
        solves=("binary", "multiclass"),
        view="scaled",
        idea="Each column votes for the classes on its own; votes multiply.",
        inductive_bias="Within a class the columns are independent, and bell-shaped or yes and no.",
        cost="Two passes over the rows.",
        source="Maron 1961; Hand and Yu 2001 (weaker votes); NumPy",
        questions=(1,),
        seconds=0.02,
        promise=0.03,
        family="bayes",
        beats_baseline_on=("halfspace", "rings", "blobs", "categorical", "missing", "imbalanced"),
        fails_on=("xor", "parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"trust": 0.5},
        {"trust": 0.15},
        {"smoothing": 0.1},
        {"trust": 0.05, "smoothing": 0.1},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        count = np.bincount(data.y, minlength=data.outputs)
        yes_or_no = np.asarray(((data.x == 0) | (data.x == 1)).all(axis=0))
        least = self.smoothing * float(data.x.var(axis=0).max()) + 1e-9
        # A class never met votes as the most frequent one does, so that its prior alone, next to nothing, decides.
        rows_of = np.where(count > 0, np.arange(data.outputs), count.argmax())
        votes = [_votes(data.x[data.y == k], yes_or_no, least) for k in rows_of]
        square, linear, intercept = (self.trust * np.stack([vote[i] for vote in votes], axis=-1) for i in range(3))
        prior = np.log(np.maximum(count, 1e-9) / len(data.y))
        return Quadratic(_beside(square), _beside(linear), _beside(intercept.sum(axis=0)) + prior)


def _beside(votes: Array) -> Array:
    """[..., K]: the same shares with numbers no larger than need be, so that rounding stays small."""
    return np.asarray(votes - votes.mean(axis=-1, keepdims=True))


def _votes(x: Array, yes_or_no: Array, least: float) -> Array:
    """[3, D]: what x^2, x and 1 count in the log-likelihood of one class, whose rows are ``x``."""
    mean, variance = x.mean(axis=0), x.var(axis=0) + least
    bell = np.stack([-0.5 / variance, mean / variance, -0.5 * (np.log(variance) + mean**2 / variance)])
    chance = (x.sum(axis=0) + 1.0) / (len(x) + 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        yes = np.stack([np.zeros(x.shape[1]), np.log(chance / (1 - chance)), np.log1p(-chance)])
    return np.where(yes_or_no, yes, bell)
