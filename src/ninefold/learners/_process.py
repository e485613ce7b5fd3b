"""Gaussian process regression on several targets at once: hyperparameters by evidence, means, and means left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.forms.kernel import Similarity

ENOUGH = 300
"""Rows that the evidence is computed on: it costs rows cubed at every step, and says little more with more rows."""
CELLS = 12_000_000
"""Similarities held at once: of more rows, the first are used."""

JITTER = 1e-6
"""Added to a diagonal, so that centres close to each other do no harm."""


@dataclass(frozen=True)
class Prior:
    """Similarity of rows, and the noise relative to the amplitude: what the evidence decides."""

    similarity: Similarity
    ridge: float


@dataclass(frozen=True, eq=False)
class Posterior:
    """``weights`` [M, S] of the similarities to ``centres`` [M, D]; ``left_out`` [N, S] are the means of the training
    rows by all other rows."""

    centres: Array
    weights: Array
    left_out: Array


def by_evidence(x: Array, targets: Array, *, scale: float, noise: float, steps: int, clock: Clock) -> Prior:
    """The length scale, amplitude and noise that make ``targets`` [N, S] most likely (Rasmussen and Williams 2006,
    section 5.4), by scikit-learn, from ``scale`` x sqrt(D) and ``noise``; at most ``steps`` steps of L-BFGS."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    unit = float(np.sqrt(x.shape[1]))
    kernel = ConstantKernel(1.0, (0.1, 100.0)) * RBF(scale * unit, (0.01 * unit, 100 * unit))
    kernel += WhiteKernel(noise, (1e-3, 10.0))
    climb = _climb(steps, clock) if steps and clock.left > 0 else None
    model = GaussianProcessRegressor(kernel, optimizer=climb)
    with catch_warnings():
        # That a hyperparameter lies at its bound is no news: on noise the length scale does.
        simplefilter("ignore", ConvergenceWarning)
        found = model.fit(x[:ENOUGH], targets[:ENOUGH]).kernel_
    similarity = Similarity("rbf", gamma=0.5 / found.k1.k2.length_scale**2)
    return Prior(similarity, float(found.k2.noise_level / found.k1.k1.constant_value))


def _climb(steps: int, clock: Clock) -> Callable[..., tuple[Array, float]]:
    """An optimiser for scikit-learn that looks at the clock after each step."""

    def watch(_: Array) -> None:
        if clock.left <= 0:
            raise StopIteration

    def optimise(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:
        from scipy.optimize import minimize

        options = {"maxiter": steps, "maxls": 10}
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, callback=watch, options=options)
        return found.x, float(found.fun)

    return optimise


def exact(x: Array, targets: Array, prior: Prior) -> Posterior:
    """All rows are centres; the mean of a row left out is its target - weight / precision (section 5.4.2)."""
    from scipy.linalg import cho_factor, cho_solve

    noisy = prior.similarity.between(x, x) + prior.ridge * np.eye(len(x))
    precision = cho_solve(cho_factor(noisy, lower=True), np.eye(len(x)))
    weights = precision @ targets
    return Posterior(x, weights, targets - weights / np.diag(precision)[:, None])


def sparse(x: Array, targets: Array, centres: Array, prior: Prior) -> Posterior:
    """The projected process on M inducing points (section 8.3.4); rows left out by their leverage, as in ridge."""
    from scipy.linalg import cho_factor, cho_solve

    rows = slice(0, CELLS // len(centres))
    near, among = prior.similarity.between(x[rows], centres), prior.similarity.between(centres, centres)
    noisy = prior.ridge * among + near.T @ near + JITTER * np.eye(len(centres))
    solved = cho_solve(cho_factor(noisy, lower=True), near.T)
    weights = solved @ targets[rows]
    leverage = np.minimum(np.einsum("nm,mn->n", near, solved), 1 - 1e-6)
    left_out = targets[rows] - (targets[rows] - near @ weights) / (1 - leverage)[:, None]
    return Posterior(centres, weights, left_out)
