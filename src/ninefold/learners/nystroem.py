"""A kernel machine on landmarks, for tables of any size, that keeps no training row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.forms.kernel import Similarity
from ninefold.learners._nystroem import on_landmarks
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class Nystroem:
    """Describes a row by its similarity to some hundred landmarks, and fits logistic or ridge regression to that.

    What support vectors do with a hinge loss on all rows, this does with the log-loss, whose probabilities need no
    calibration, on the mean rows of clusters.
    """

    kernel: Literal["polynomial", "rbf"] = setting("rbf", "How rows are alike", choices=("rbf", "polynomial"))
    landmarks: int = setting(300, "Clusters whose centres are compared with", low=20, high=1000, log=True, tiny=20)
    c: float = setting(1.0, "Inverse strength of the penalty", low=1e-3, high=1e3, log=True, simpler="low")
    gamma: float = setting(
        1.0, "Narrowness of the kernel: gamma x columns", low=0.01, high=30.0, log=True, simpler="low"
    )
    degree: int = setting(3, "Degree of the polynomial kernel", low=2, high=5)

    card: ClassVar[Card] = Card(
        title="Nyström kernel machine",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="Rows that are similar to the same landmarks have similar targets.",
        inductive_bias="Smooth in all columns at once; every column counts alike.",
        cost="Rows x landmarks x (columns + landmarks), some tens of passes.",
        source="Williams and Seeger 2001; Zhang, Tsang and Kwok 2008; NumPy and SciPy",
        questions=(19,),
        seconds=0.8,
        family="kernel",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth"),
        fails_on=("noise",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"gamma": 0.5, "landmarks": 200},
        {"gamma": 2.0, "c": 3.0},
        {"gamma": 0.15, "c": 30.0, "landmarks": 500},
        {"kernel": "polynomial", "c": 0.1},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        similarity = Similarity(self.kernel, self.gamma / data.x.shape[1], self.degree)
        return on_landmarks(data, similarity, count=self.landmarks, c=self.c, rng=rng, clock=clock)
