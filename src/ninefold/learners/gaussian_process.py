"""Gaussian processes: smooth functions, as smooth as the rows themselves say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.calibration import best_temperature
from ninefold.forms.kernel import Kernel, summed
from ninefold.forms.links import NEVER, Link, applied
from ninefold.learners import _process
from ninefold.learners._nystroem import landmarks
from ninefold.learners._trivial import constant, is_trivial

SHARP = 5.0
"""Log-odds per unit of a mean that lies between -1 and 1, before the temperature is fitted."""


@dataclass(frozen=True)
class GaussianProcess:
    """Takes the target for a draw from a Gaussian process and predicts its mean given the training rows.

    Length scale, amplitude and noise are those under which the targets are most likely. Classes are regressed on as
    -1 and 1, one against the rest; the means of rows left out, which have a closed form, give the temperature that
    makes chances of them (Rasmussen and Williams 2006, section 6.5). Above ``exact`` rows the centres of clusters
    stand for them.
    """

    scale: float = setting(0.5, "Length scale to start from: times sqrt(columns)", low=0.05, high=10.0, log=True)
    noise: float = setting(
        0.1, "Noise to start from: share of the target's variance", low=1e-3, high=1.0, log=True, simpler="high"
    )
    steps: int = setting(30, "Steps towards the likeliest length scale at most", low=0, high=100, tiny=5)
    exact: int = setting(1000, "Rows up to which all are kept", low=100, high=2000, log=True)
    inducing: int = setting(300, "Centres that stand for more rows", low=50, high=1000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Gaussian process",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="Rows that are near have targets that are alike; how near is near, the likelihood of the targets tells.",
        inductive_bias="Smooth in all columns at once, on one length scale.",
        cost="300 rows cubed, some forty times; then 1,000 rows cubed, or rows x centres squared.",
        source="Rasmussen and Williams 2006; evidence by scikit-learn",
        questions=(6, 19),
        seconds=1.5,
        promise=0.2,
        family="kernel",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "imbalanced"),
        fails_on=("noise", "parity"),
        keeps_rows=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"scale": 2.0}, {"scale": 0.15, "inducing": 600})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        order = rng.permutation(len(data.y))
        x, y = data.x[order], data.y[order]
        wanted = _targets(y, data)
        centre, spread = wanted.mean(axis=0), 1.0 if data.task != "regression" else float(y.std())
        targets = (wanted - centre) / spread
        start = {"scale": self.scale, "noise": self.noise}
        prior = _process.by_evidence(x, targets, **start, steps=self.steps, clock=clock)
        if len(y) <= self.exact and clock.left > 0:
            found = _process.exact(x, targets, prior)
        else:
            found = _process.sparse(x, targets, landmarks(x, self.inducing, rng, clock), prior)
        if data.task == "regression":
            return _form(prior, found, spread, centre, "identity")
        slope = SHARP / _temperature(found.left_out + centre, y)
        intercept = np.where(centre > -1.0, slope * centre, NEVER)
        return _form(prior, found, slope, intercept, "softmax")


def _targets(y: Array, data: Examples) -> Array:
    """[N, 1] values, or [N, K]: 1 in the column of the row's class, else -1."""
    if data.task == "regression":
        return np.asarray(y, float)[:, None]
    return np.where(y[:, None] == np.arange(data.outputs), 1.0, -1.0)


def _temperature(left_out: Array, y: Array) -> float:
    return best_temperature(applied("softmax", SHARP * left_out), y[: len(left_out)])


def _form(prior: _process.Prior, found: _process.Posterior, factor: float, intercept: Array, link: Link) -> Kernel:
    weights = factor * found.weights
    scores = summed(prior.similarity, found.centres, weights, intercept)
    return Kernel(prior.similarity, found.centres, weights, intercept, link, scores)
