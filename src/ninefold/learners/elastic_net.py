"""Linear and logistic regression with an L1 and an L2 penalty: few weights, and small ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._shrinkage import Sparse
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class ElasticNet:
    """Minimises mean loss + alpha x (l1_ratio x |weights| + (1 - l1_ratio) / 2 x |weights|^2); the loss is half the
    squared error of the target scaled to spread 1, or the log-loss.

    ``alpha`` and ``l1_ratio`` are those of scikit-learn's ElasticNet; for classes its C is 1 / (alpha x rows).
    """

    alpha: float = setting(0.003, "Strength of the penalty", low=1e-6, high=1.0, log=True, tiny=0.01, simpler="high")
    l1_ratio: float = setting(0.5, "Share of the penalty on absolute weights; 1 is the lasso", low=0.0, high=1.0)
    iterations: int = setting(500, "Steps at most", low=20, high=5000, log=True, tiny=100)

    card: ClassVar[Card] = Card(
        title="Elastic net",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="A weighted sum in which a column must earn its weight: most weights become exactly zero.",
        inductive_bias="Linear in the columns, and few of them matter.",
        cost="Linear in rows x columns x classes, some hundred passes.",
        source="Tibshirani 1996, Zou and Hastie 2005; FISTA of Beck and Teboulle 2009",
        questions=(10,),
        seconds=0.2,
        promise=0.2,
        family="linear",
        beats_baseline_on=("halfspace", "noise_columns", "blobs", "categorical", "imbalanced", "linear"),
        fails_on=("xor", "parity", "rings", "noise", "smooth"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"alpha": 0.01, "l1_ratio": 1.0},
        {"alpha": 0.0003, "l1_ratio": 0.9},
        {"alpha": 0.05, "l1_ratio": 0.2},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        sparse, l1 = Sparse(data), self.alpha * self.l1_ratio
        return sparse.form(sparse.at(l1, self.alpha - l1, sparse.start, self.iterations, clock))
