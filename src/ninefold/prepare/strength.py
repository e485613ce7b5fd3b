"""How well one column alone predicts the target, judged out of fold: what leak audits look at."""

from __future__ import annotations

import numpy as np

from ninefold.core import parts
from ninefold.core.protocols import Metric
from ninefold.core.table import Array
from ninefold_runtime.schema import Task
from ninefold_runtime.wire import absent

BINS = 32
FOLDS = 3
SAMPLE = 20_000


def strengths(
    columns: dict[str, Array], y: Array, task: Task, outputs: int, rng: np.random.Generator
) -> dict[str, float]:
    """Per column, the out-of-fold AUC (mean over classes, one against the rest) or R² of the target's mean by level
    or by quantile bin. 0.5 and 0 mean nothing learned."""
    index = rng.permutation(len(y))[:SAMPLE]
    y, fold = y[index], np.arange(len(index)) % FOLDS
    if task == "regression":
        targets = y.astype(np.float64)[:, None]
        return {
            name: max(_strength(values[index], y, targets, fold, task), _squared_correlation(values[index], y))
            for name, values in columns.items()
        }
    targets = np.eye(outputs)[y]
    return {name: _strength(values[index], y, targets, fold, task) for name, values in columns.items()}


def _strength(values: Array, y: Array, targets: Array, fold: Array, task: Task) -> float:
    name, nothing = ("r2", 0.0) if task == "regression" else ("roc_auc", 0.5)
    metric: Metric = parts.make("ninefold.metrics", name)
    score = metric.score(y, _out_of_fold_means(_bins(values), targets, fold))
    return nothing if np.isnan(score) else score


def _squared_correlation(values: Array, y: Array) -> float:
    """Of numbers without gaps, 0 for other columns: bins are too coarse to tell a copy of a continuous target."""
    if values.dtype.kind != "f" or np.isnan(values).any() or not values.std() or not y.std():
        return 0.0
    return float(np.corrcoef(values, y)[0, 1] ** 2)


def _bins(values: Array) -> Array:
    """Codes 0..: levels of text, quantile bins of numbers (few distinct values stay apart), missing apart."""
    if values.dtype.kind == "O":
        return np.unique(values.astype(str), return_inverse=True)[1]
    gone = absent(values)
    known = values[~gone].astype(np.float64)
    edges = np.unique(known) if len(np.unique(known)) <= BINS else np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])
    codes = np.zeros(len(values), np.int64)
    codes[~gone] = 1 + np.searchsorted(edges, known)
    return codes


def _out_of_fold_means(bins: Array, targets: Array, fold: Array) -> Array:
    width = int(bins.max()) + 1
    predicted = np.empty_like(targets)
    for k in range(FOLDS):
        inside = fold != k
        prior = targets[inside].mean(axis=0)
        rows = np.bincount(bins[inside], minlength=width)[:, None]
        sums = np.column_stack([np.bincount(bins[inside], weights=t, minlength=width) for t in targets[inside].T])
        predicted[~inside] = ((sums + prior) / (rows + 1))[bins[~inside]]
    return predicted
