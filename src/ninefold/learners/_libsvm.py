"""What LIBSVM, through scikit-learn, gives and needs: the pairs of its classes, chances for them, and time enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.links import NEVER
from ninefold.learners._logistic import LogLoss, with_ones

FOLDS = 3
PROBE = 400
"""Rows of the first fit, which tells how long a larger one takes."""
CAUTION = 4.0
"""Fits that the time must be enough for: one on all rows, FOLDS on two thirds of them, and a half for surprises."""

Machine = Callable[[Examples], Any]
"""Examples to a fitted SVC or SVR of scikit-learn."""


def quietly(model: Any, data: Examples) -> Any:
    """The model fitted, its iterations bounded: LIBSVM sees no clock, and does not always converge."""
    from sklearn.exceptions import ConvergenceWarning

    model.set_params(max_iter=10_000 + 50 * len(data.y))
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        return model.fit(data.x, data.y)


def in_time(machine: Machine, data: Examples, rng: np.random.Generator, clock: Clock) -> tuple[Any, Examples]:
    """A machine fitted on as many rows as the clock allows, and those rows. Time grows with rows squared."""
    order = _mingled(data, rng)
    known, started = _rows(data, order[:PROBE]), clock.spent
    model = machine(known)
    took = max(clock.spent - started, 1e-4)
    size = min(len(order), int(min(PROBE * np.sqrt(max(clock.left, 0.0) / (CAUTION * took)), 1e9)))
    if size <= len(known.y):
        return model, known
    known = _rows(data, order[:size])
    return machine(known), known


def _rows(data: Examples, rows: Array) -> Examples:
    return replace(data, x=data.x[rows], y=data.y[rows])


def _mingled(data: Examples, rng: np.random.Generator) -> Array:
    """The rows in random order, the first of them a row of each class, all later ones in the classes' proportions."""
    order = rng.permutation(len(data.y))
    if data.task == "regression":
        return order
    rank = _rank_in_class(data.y[order])
    return np.asarray(order[np.argsort(rank / np.bincount(data.y)[data.y[order]], kind="stable")])


def _rank_in_class(y: Array) -> Array:
    """[N]: how many earlier rows have the same class."""
    rank = np.zeros(len(y), int)
    for code in np.unique(y):
        rank[y == code] = np.arange((y == code).sum())
    return rank


@dataclass(frozen=True, eq=False)
class Pairs:
    """All pairs i < j of K classes, and the ``known`` ones that a fitted SVC tells apart."""

    outputs: int
    classes: Array

    @property
    def first(self) -> Array:
        return np.triu_indices(self.outputs, 1)[0]

    @property
    def second(self) -> Array:
        return np.triu_indices(self.outputs, 1)[1]

    @property
    def known(self) -> Array:
        """Numbers of the pairs, in the order of the SVC."""
        return np.flatnonzero(np.isin(self.first, self.classes) & np.isin(self.second, self.classes))

    @property
    def unknown(self) -> Array:
        """[P]: log-odds of the second class of each pair where only one of the two was met, else 0."""
        met = np.isin(self.second, self.classes).astype(float) - np.isin(self.first, self.classes)
        return np.asarray(-NEVER * met)

    def spread(self, columns: Array) -> Array:
        """[..., known pairs] to [..., P], 0 for the others."""
        out = np.zeros((*columns.shape[:-1], len(self.first)))
        out[..., self.known] = columns
        return out


def pairs_of(model: Any, outputs: int) -> Pairs:
    return Pairs(outputs, model.classes_)


def decisions(model: Any, x: Array) -> Array:
    """[N, known pairs]: above 0 where the second class of the pair wins."""
    said = model.decision_function(x)
    # scikit-learn's sign speaks for the second class where there are two, for the first of a pair where there are more.
    return np.asarray(said[:, None] if said.ndim == 1 else -said)


def weights(model: Any) -> tuple[Array, Array]:
    """[M, known pairs] and [known pairs]: what each support vector counts in each decision, and the intercepts."""
    if len(model.classes_) == 2:
        return model.dual_coef_.T, model.intercept_
    ends = np.cumsum(model.n_support_)
    of = [slice(end - size, end) for end, size in zip(ends, model.n_support_, strict=True)]
    first, second = np.triu_indices(len(model.classes_), 1)
    out = np.zeros((ends[-1], len(first)))
    for p, (i, j) in enumerate(zip(first, second, strict=True)):
        out[of[i], p] = -model.dual_coef_[j - 1, of[i]]
        out[of[j], p] = -model.dual_coef_[i, of[j]]
    return out, -model.intercept_


def calibration(machine: Machine, data: Examples, clock: Clock) -> tuple[Array, Array]:
    """Slope and offset [P] that make log-odds of each pair's decisions (Platt 1999), from rows not fitted on.

    Where there are too few rows, or no time, a margin of one is a log-odds of one.
    """
    held_out = _out_of_fold(machine, data, clock)
    first, second = np.triu_indices(data.outputs, 1)
    slope, offset = np.ones(len(first)), np.zeros(len(first))
    for p, (i, j) in enumerate(zip(first, second, strict=True)):
        rows = ((data.y == i) | (data.y == j)) & ~np.isnan(held_out[:, p])
        positive = data.y[rows] == j
        if positive.any() and not positive.all() and clock.left > 0:
            slope[p], offset[p] = platt(held_out[rows, p], positive)
    return slope, offset


def _out_of_fold(machine: Machine, data: Examples, clock: Clock) -> Array:
    """[N, P]: decisions of each row by a machine that did not see it; NaN where there is none."""
    out = np.full((len(data.y), data.outputs * (data.outputs - 1) // 2), np.nan)
    fold = _rank_in_class(data.y) % FOLDS
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if clock.left <= 0 or len(np.unique(data.y[inside])) < 2 or not len(outside):
            continue
        model = machine(_rows(data, inside))
        out[np.ix_(outside, pairs_of(model, data.outputs).known)] = decisions(model, data.x[outside])
    return out


def platt(decisions: Array, positive: Array) -> tuple[float, float]:
    """Slope (not negative) and offset of the log-odds, by the targets of Platt 1999, which never say 0 or 1."""
    from scipy.optimize import minimize

    yes, no = int(positive.sum()), int((~positive).sum())
    wanted = np.where(positive, (yes + 1) / (yes + 2), 1 / (no + 2))
    scale = float(np.abs(decisions).mean()) or 1.0
    loss = LogLoss(with_ones(decisions / scale), wanted[:, None], 0.0)
    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    return float(found.x[0]) / scale, float(found.x[1])
