"""Linear models of words and word sequences: naive Bayes features, and TF-IDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.grams import Grams, WeighedGrams
from ninefold.forms.links import NEVER, Link
from ninefold.learners._descent import descended
from ninefold.learners._least_squares import SquaredLoss
from ninefold.learners._logistic import LogLoss
from ninefold.learners._trivial import constant, is_trivial

MOST = 200_000
"""Word sequences at most; fewer where classes are many, so that weights find room in a bundle."""
CELLS = 6_000_000
ITERATIONS = 200
Loss = type[LogLoss] | type[SquaredLoss]


@dataclass(frozen=True)
class TextLinear:
    """Weighs words and sequences of words, each counted once a text, one class against the others.

    ``naive_bayes`` scales each sequence by the logarithm of how much more often one class has it than the others, and
    draws the weights towards their mean, which is naive Bayes (the NBSVM of Wang and Manning, with log-loss);
    ``tf_idf`` scales it by how rare it is. Texts count as vectors of length 1, so that long ones say no more.
    """

    weigh: str = setting("naive_bayes", "What a word counts before it is weighed", choices=("naive_bayes", "tf_idf"))
    longest: int = setting(2, "Words of a sequence at most", low=1, high=3)
    least: int = setting(2, "Texts that a sequence must occur in", low=2, high=10, log=True, simpler="high")
    c: float = setting(30.0, "Inverse strength of the penalty", low=1e-2, high=1e3, log=True, simpler="low")
    trust: float = setting(0.5, "Weight of what is learned beside naive Bayes", low=0.1, high=1.0, simpler="low")

    card: ClassVar[Card] = Card(
        title="Linear model of words",
        solves=("binary", "multiclass", "regression"),
        view="tokens",
        idea="Each word, and each pair of words, speaks for or against; what a text says is their sum.",
        inductive_bias="Words and short phrases count each by itself, wherever they stand.",
        cost="Words of all texts, some tens of passes; for each class anew.",
        source="Wang and Manning 2012 (NBSVM); Salton and Buckley 1988 (TF-IDF); L-BFGS, SciPy",
        questions=(20, 36),
        seconds=1.0,
        promise=0.8,
        family="linear",
        beats_baseline_on=("halfspace", "blobs", "linear", "steps"),
        fails_on=("noise", "parity"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"weigh": "tf_idf", "c": 10.0},
        {"longest": 1},
        {"trust": 1.0, "c": 10.0},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        least = min(self.least, max(1, len(data.y) // 20))
        grams = Grams.often(data.x, self.longest, least, min(MOST, CELLS // data.outputs))
        found = grams.found(data.x)
        rarity = _rarity(found) if self.weigh == "tf_idf" else np.ones(grams.count)
        columns, link = self._columns(data, _of_length_one(_times(found, rarity)), clock)
        weights = np.column_stack([rarity * column[:-1] for column in columns]).astype(np.float32)
        intercept = np.array([column[-1] for column in columns])
        return WeighedGrams(grams, weights, intercept, link, data.x.shape[1], rarity**2)

    def _columns(self, data: Examples, found: Any, clock: Clock) -> tuple[list[Array], Link]:
        """Weights and intercept [G + 1] of each score."""
        if data.task == "regression":
            spread = float(data.y.std())
            column = self._descended(SquaredLoss, found, (data.y - data.y.mean()) / spread, clock) * spread
            column[-1] += data.y.mean()
            return [column], "identity"
        sides = [np.asarray(data.y == k, float) for k in range(data.outputs)]
        if data.outputs == 2:
            return [self._side(found, sides[1], clock)], "sigmoid"
        return [self._side(found, side, clock) for side in sides], "each"

    def _side(self, found: Any, side: Array, clock: Clock) -> Array:
        """One class against the others."""
        if not side.any():
            return np.append(np.zeros(found.shape[1]), NEVER)
        if self.weigh == "tf_idf":
            return self._descended(LogLoss, found, side, clock)
        ratio = _ratio(found, side)
        *learned, base = self._descended(LogLoss, _times(found, ratio), side, clock)
        drawn = self.trust * np.array(learned) + (1 - self.trust) * np.abs(learned).mean()
        return np.append(ratio * drawn, base)

    def _descended(self, loss: Loss, x: Any, y: Array, clock: Clock) -> Array:
        from scipy.sparse import csr_array, hstack

        ones = csr_array(np.ones((x.shape[0], 1)))
        objective = loss(hstack([x, ones], format="csr"), y[:, None], 1.0 / (self.c * x.shape[0]))
        return descended(objective, np.zeros(x.shape[1] + 1), ITERATIONS, clock)


def _times(found: Any, factors: Array) -> Any:
    """The sparse columns times ``factors``."""
    from scipy.sparse import diags_array

    return (found @ diags_array(factors)).tocsr()


def _of_length_one(found: Any) -> Any:
    from scipy.sparse import diags_array

    lengths = np.sqrt(found.power(2).sum(axis=1))
    return (diags_array(1.0 / np.maximum(lengths, 1e-150)) @ found).tocsr()


def _rarity(found: Any) -> Array:
    """[G]: inverse document frequency, smoothed as scikit-learn does."""
    return np.asarray(np.log((1.0 + found.shape[0]) / (1.0 + found.sum(axis=0))) + 1.0)


def _ratio(found: Any, side: Array) -> Array:
    """[G]: the logarithm of how much larger a share of the class's counts each sequence has than of the others'."""
    there = found != 0
    inside, outside = 1.0 + side @ there, 1.0 + (1.0 - side) @ there
    return np.asarray(np.log((inside / inside.sum()) / (outside / outside.sum())))
