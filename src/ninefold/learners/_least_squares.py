"""Least squares in one pass over blocks of rows, so that it needs little memory and can stop at any block; and as an
objective, for columns too many for that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.linear import Linear

BLOCK = 20_000


def least_squares(data: Examples, penalty: float, rng: np.random.Generator, clock: Clock) -> Linear:
    """The weights that minimise the squared error + ``penalty`` x |weights|^2, the shortest where many do; of several
    targets those of each.

    Blocks of rows in random order are folded into one triangle (Golub 1965: the R of a QR decomposition has the same
    least-squares solution as the rows it came from). When the clock runs out, the blocks seen so far decide.
    """
    y = data.y.reshape(len(data.y), -1)
    width, targets = data.x.shape[1], y.shape[1]
    centre, mean = data.x.mean(axis=0), y.mean(axis=0)
    triangle = np.hstack([np.sqrt(penalty) * np.eye(width), np.zeros((width, targets))])
    for rows in np.array_split(rng.permutation(len(data.y)), -(-len(data.y) // BLOCK)):
        block = np.column_stack([data.x[rows] - centre, y[rows] - mean])
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, block]), mode="r"))
        if clock.left <= 0:
            break
    weights = np.asarray(np.linalg.lstsq(triangle[:, :width], triangle[:, width:], rcond=None)[0])
    return Linear(weights, np.asarray(mean - centre @ weights), "identity")


@dataclass(frozen=True, eq=False)
class SquaredLoss:
    """Half the mean squared error + ``penalty`` / 2 x |weights|^2, the last weight (the intercept) unpenalised.

    ``x`` [N, D + 1] ends in a column of ones; ``y`` is [N, 1]."""

    x: Array
    y: Array
    penalty: float

    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Its value at the weights [D + 1], and its gradient."""
        gaps = self.x @ weights - self.y[:, 0]
        penalised = self.penalty * np.append(weights[:-1], 0.0)
        loss = 0.5 * float(gaps @ gaps) / len(gaps) + 0.5 * float(penalised @ weights)
        return loss, self.x.T @ gaps / len(gaps) + penalised
