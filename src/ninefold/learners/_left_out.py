"""Ridge regression whose penalty is chosen by what it says of each row without it, also of many more columns than rows;
and probabilities that are fitted to just that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.links import applied
from ninefold.learners._descent import descended

PENALTIES = 30
LEAST, MOST = 1e-5, 100.0
"""Penalties tried, the least in squares of the length of a row, the most in all squares of the columns."""
ITERATIONS = 200


def ridge(data: Examples, x: Array, counts: Array, clock: Clock) -> Linear:
    """Weights of the columns ``x`` [N, D], which are scaled where they stand; ``counts`` [D]: as how many columns each
    counts. Of classes, scores whose softmax is a probability."""
    varies = x.max(axis=0) > x.min(axis=0)  # the spread of what does not may be a little more than 0
    centre, spread = x.mean(axis=0), np.where(varies, x.std(axis=0), np.inf)
    scale = np.sqrt(counts) / spread
    x -= centre
    x *= scale
    wanted = _wanted(data)
    found = _chosen(x, wanted)
    weights = found.weights * scale[:, None]
    intercept = wanted.mean(axis=0) - centre @ weights
    if data.task == "regression":
        return Linear(weights, intercept, "identity")
    factor, shift = _calibrated(found.left_out, _doubted(wanted, data.y), clock)
    return Linear(factor * weights, factor * intercept + shift, "softmax")


def _wanted(data: Examples) -> Array:
    """[N, S]: the value, or how much of each class a row is."""
    if data.task == "regression":
        return np.asarray(data.y, np.float64)[:, None]
    return np.eye(data.outputs)[data.y] if data.shares is None else data.shares


@dataclass(frozen=True, eq=False)
class _Ridge:
    """``weights`` [D, S]; ``left_out`` [N, S]: what is said of each row by weights that were found without it."""

    weights: Array
    left_out: Array


def _chosen(x: Array, wanted: Array) -> _Ridge:
    """With the penalty whose squared error on rows left out is the least (Allen 1974; Golub, Heath and Wahba 1979).

    All penalties share one decomposition, of rows by rows or columns by columns, whichever is smaller.
    """
    mean = wanted.mean(axis=0)
    directions, squares = _directions(x)
    along, lengths = directions.T @ (wanted - mean), directions**2

    def errors(penalty: float) -> Array:
        """[N, S]: of what is said of each row without it."""
        kept = squares / (squares + penalty)
        said = mean + directions @ (kept[:, None] * along)
        return np.asarray((wanted - said) / (1.0 - 1.0 / len(x) - lengths @ kept)[:, None])

    scale = float(squares.sum()) / len(x) or 1.0
    penalties = scale * np.geomspace(LEAST, MOST * len(x), PENALTIES)
    best = min(penalties, key=lambda penalty: float((errors(penalty) ** 2).sum()))
    return _Ridge(x.T @ (directions @ (along / (squares + best)[:, None])), wanted - errors(best))


def _directions(x: Array) -> tuple[Array, Array]:
    """[N, R] orthonormal, and [R] the squares of the columns along them."""
    if len(x) <= x.shape[1]:
        squares, directions = np.linalg.eigh(x @ x.T)
        return directions, np.maximum(squares, 0.0)
    squares, axes = np.linalg.eigh(x.T @ x)
    there = squares > 1e-10 * squares[-1]
    return x @ (axes[:, there] / np.sqrt(squares[there])), squares[there]


def _doubted(wanted: Array, y: Array) -> Array:
    """[N, K]: a class that n rows have is met with n + 1/2 of n + 1, as no number of rows is proof: Platt's targets
    (1999), with the prior of Krichevsky and Trofimov (1981), which is half as strong."""
    doubt = (0.5 / (np.bincount(y, minlength=wanted.shape[1])[y] + 1.0))[:, None]
    return np.asarray(wanted * (1.0 - doubt) + (1.0 - wanted) * doubt / (wanted.shape[1] - 1))


def _calibrated(scores: Array, wanted: Array, clock: Clock) -> tuple[float, Array]:
    """One factor above 0 and a shift for each class, whose softmax has the least log-loss."""

    def objective(flat: Array) -> tuple[float, Array]:
        factor = np.exp(flat[0])
        chances = applied("softmax", factor * scores + flat[1:])
        gap = (chances - wanted) / len(scores)
        loss = -float((wanted * np.log(np.maximum(chances, 1e-300))).sum()) / len(scores)
        return loss, np.append(factor * (gap * scores).sum(), gap.sum(axis=0))

    start = np.append(0.0, np.log(wanted.mean(axis=0)))
    factor, *shift = descended(objective, start, ITERATIONS, clock)
    return float(np.exp(factor)), np.array(shift)
