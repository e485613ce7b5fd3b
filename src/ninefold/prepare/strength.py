"""How well one column alone predicts the target, judged out of fold: what leak audits look at."""

from __future__ import annotations

import numpy as np

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
    fold = np.arange(len(index)) % FOLDS
    targets = y[index].astype(np.float64)[:, None] if task == "regression" else np.eye(outputs)[y[index]]
    found = {name: _strength(_bins(values[index]), targets, fold, task) for name, values in columns.items()}
    if task == "regression":
        found = {
            name: max(alone, _squared_correlation(columns[name][index], y[index])) for name, alone in found.items()
        }
    return found


def _squared_correlation(values: Array, y: Array) -> float:
    """Of numbers without gaps, 0 for other columns: bins are too coarse to tell a copy of a continuous target."""
    if values.dtype.kind != "f" or np.isnan(values).any() or not values.std() or not y.std():
        return 0.0
    return float(np.corrcoef(values, y)[0, 1] ** 2)


def _strength(bins: Array, targets: Array, fold: Array, task: Task) -> float:
    predicted = _out_of_fold_means(bins, targets, fold)
    if task == "regression":
        rest = ((targets - predicted) ** 2).sum()
        whole = ((targets - targets.mean()) ** 2).sum()
        return float(1 - rest / whole) if whole > 0 else 0.0
    areas = [_auc(targets[:, c], predicted[:, c]) for c in range(targets.shape[1])]
    return float(np.nanmean(areas)) if not np.isnan(areas).all() else 0.5


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


def _auc(truth: Array, predicted: Array) -> float:
    """Area under the ROC curve by ranks, ties shared; NaN when one side is empty."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))
