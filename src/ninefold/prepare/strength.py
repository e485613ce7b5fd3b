"""How well one column alone predicts the target, judged out of fold: what leak audits look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core import parts
from ninefold.core.protocols import Metric
from ninefold.core.table import Array
from ninefold.prepare.wording import is_text, numbers_in, words_in
from ninefold_runtime.schema import Task
from ninefold_runtime.wire import absent

BINS = 32
FOLDS = 3
SAMPLE = 20_000
LEAST = 10
SUSPECT = 0.96
"""AUC that an honest column seldom reaches alone."""


@dataclass(frozen=True, eq=False)
class Judge:
    """Gives each column the out-of-fold AUC (mean over classes, one against the rest) or R² of the target's mean by
    level or by quantile bin, or of the words or numbers in its texts. 0.5 and 0 mean nothing learned.

    The rows sampled, ``index`` [S], their target ``y`` [S], as ``targets`` [S, K], and the fold of each."""

    index: Array
    y: Array
    targets: Array
    fold: Array
    task: Task

    @classmethod
    def of(cls, y: Array, task: Task, rng: np.random.Generator) -> Judge:
        index = rng.permutation(len(y))[:SAMPLE]
        if task == "regression":
            known, targets = y[index], y[index].astype(np.float64)[:, None]
        else:
            index, known = _of_common_classes(index, y)
            targets = np.eye(max(2, int(known.max()) + 1))[known]
        return cls(index, known, targets, np.arange(len(index)) % FOLDS, task)

    def strength(self, column: Array) -> float:
        """Of a whole column [N]."""
        values = column[self.index]
        found = [self._by_levels(_bins(values))]
        if is_text(values):
            found.append(self._by_words(values))
        if self.task == "regression":
            found += [_squared_correlation(numbers, self.y) for numbers in _numbers(values)]
        return max(found)

    def by_levels(self, column: Array) -> float:
        """Of a whole column [N], each value being a level of its own."""
        return self._by_levels(np.unique(column[self.index], return_inverse=True)[1])

    def _by_levels(self, levels: Array) -> float:
        """Of the target's mean by level, codes 0.. [S]."""
        return self._score(_out_of_fold_means(levels, self.targets, self.fold))

    def _by_words(self, texts: Array) -> float:
        """Of the one word that tells each class (or the value) best."""
        held = words_in(texts)
        if not held.shape[1]:
            return 0.0
        told = [held[:, _closest(held, target)] for target in self.targets.T]
        means = [
            _out_of_fold_means(word.astype(np.int64), target[:, None], self.fold)
            for word, target in zip(told, self.targets.T, strict=True)
        ]
        return self._score(np.hstack(means))

    def _score(self, predicted: Array) -> float:
        name, nothing = ("r2", 0.0) if self.task == "regression" else ("roc_auc", 0.5)
        metric: Metric = parts.make("ninefold.metrics", name)
        score = metric.score(self.y, predicted)
        return nothing if np.isnan(score) else score


def _of_common_classes(index: Array, y: Array) -> tuple[Array, Array]:
    """The rows whose class has `LEAST` rows, and their codes anew; all rows where fewer than two classes have as many.

    A class of a few rows is told by nothing out of fold, and would hide that all others are.
    """
    counts = np.bincount(y[index])
    common = counts >= LEAST if (counts >= LEAST).sum() > 1 else counts > 0
    kept = index[common[y[index]]]
    return kept, (np.cumsum(common) - 1)[y[kept]]


def _closest(held: Array, target: Array) -> int:
    """The word whose presence goes most with the target, or against it."""
    centred = target - target.mean()
    spread = held.std(axis=0)
    return int(np.abs(centred @ held / np.where(spread > 0, spread, np.inf)).argmax())


def _numbers(values: Array) -> list[Array]:
    """Numbers [N] without gaps that a column holds: itself, or the first ones in its texts."""
    if values.dtype.kind == "f":
        return [] if np.isnan(values).any() else [values]
    return [] if values.dtype.kind != "O" or not is_text(values) else numbers_in(values)


def _squared_correlation(values: Array, y: Array) -> float:
    """Of values, or of their ranks: bins are too coarse to tell a copy of a continuous target."""
    small = [each / (np.abs(each).max() or 1.0) for each in (values, y)]  # squares of the largest numbers overflow
    if not all(each.std() for each in small):
        return 0.0
    ranks = [np.unique(each, return_inverse=True)[1] for each in (values, y)]
    return max(float(np.corrcoef(*pair)[0, 1] ** 2) for pair in (small, ranks))


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
