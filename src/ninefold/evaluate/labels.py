"""How many labels are probably wrong, told by the predictions of rows that were not learned from.

Two views of the same predictions. The confident joint (confident learning: Northcutt, Jiang and Chuang 2021) counts the
rows whose label the predictions confidently deny; it counts rows of overlapping classes too. What tells wrong labels
from overlap is where the errors are: overlap fades towards the rows that the model is surest of, a share of wrong
labels stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array

FEWEST = 1_000
"""Rows, below which what nothing in the columns foretells looks like wrong labels."""
ROUNDING = 1e-12
LEAST = 0.01
"""Share of errors among the surest quarter of the rows that is worth speaking of."""
SIGMAS, APART = 2.0, 1.0
"""Standard errors that the first share must be above `LEAST`, and the second below what overlap would make of it."""
MOST = 0.5
"""Of the errors of a constant answer: beyond this nothing can be told."""
STEEP, SLOPE = 2.0, 1.8
"""Where classes overlap, the next quarter has this many times the errors of the surest one at least: `STEEP` where the
latter has none, falling by `SLOPE` times its share of a constant answer's errors (logistic models of all strengths)."""


@dataclass(frozen=True)
class Doubted:
    """``surest`` and ``next``: shares of errors in the quarters of the rows that the model is surest of. ``denied``:
    rows off the diagonal of the confident joint; ``pair`` the (given, likely) codes most frequent among them, with
    their number."""

    rows: int
    surest: float
    next: float
    constant: float
    denied: int
    pair: tuple[int, int]
    times: int

    @property
    def is_noise(self) -> bool:
        """Whether the errors do not fade as those of overlapping classes do."""
        part = self.rows / 4
        spread, next_spread = (share * (1 - share) / part for share in (self.surest, self.next))
        reach = self.surest / self.constant if self.constant else 1.0
        if self.surest - SIGMAS * spread**0.5 < LEAST or reach > MOST:
            return False
        steep = STEEP - SLOPE * reach
        gap = steep * self.surest - self.next
        return bool(gap > APART * (next_spread + steep**2 * spread) ** 0.5)


def doubted(predictions: Array, y: Array) -> Doubted | None:
    """``predictions`` [N, K] of rows that were not learned from (NaN where there are none), ``y`` [N] codes; None where
    fewer than `FEWEST` rows were predicted."""
    known = np.isfinite(predictions).all(axis=1)
    p, y = predictions[known], y[known]
    if len(y) < FEWEST:
        return None
    wrong = (p.argmax(axis=1) != y)[np.argsort(-p.max(axis=1), kind="stable")]
    quarter = len(y) // 4
    joint = _confident_joint(p, y)
    np.fill_diagonal(joint, 0)
    pair = np.unravel_index(joint.argmax(), joint.shape)
    return Doubted(
        rows=len(y),
        surest=float(wrong[:quarter].mean()),
        next=float(wrong[quarter : 2 * quarter].mean()),
        constant=float(1 - np.bincount(y).max() / len(y)),
        denied=int(joint.sum()),
        pair=(int(pair[0]), int(pair[1])),
        times=int(joint.max()),
    )


def _confident_joint(p: Array, y: Array) -> Array:
    """[K, K] rows by given class and by the class that the predictions are confident of: among those whose probability
    is at least its mean over the rows of that class, the most probable one."""
    classes = p.shape[1]
    bars = np.array([p[y == code, code].mean() if (y == code).any() else np.inf for code in range(classes)])
    sure = np.where(p >= bars - ROUNDING, p, -1.0)
    likely, confident = sure.argmax(axis=1), sure.max(axis=1) >= 0
    cells = y[confident] * classes + likely[confident]
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
