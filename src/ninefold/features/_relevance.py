"""How much each column of a block says about the target, by four measures; 0 is nothing."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Block, Known
from ninefold.core.table import Array
from ninefold.features._judges import Judge, grown_predictions, standardised

BANDS = 10
REPEATS = 2
DROPPED = 0.5
"""Share of the columns that each round of recursive elimination leaves out."""


def information(block: Block, known: Known, _: np.random.Generator) -> Array:
    """Mutual information of target and column in nats, numbers in equally full bands, less what chance would give
    (Miller 1955)."""
    y = _banded(known.y) if known.task == "regression" else known.y.astype(np.int64)
    return np.array([_mutual(_codes(block, i), y) for i in range(len(block.names))])


def _codes(block: Block, column: int) -> Array:
    values = block.values[:, column]
    return np.nan_to_num(values).astype(np.int64) if column in block.categorical else _banded(values)


def _banded(values: Array) -> Array:
    """Codes 0.. of bands, equal values in one; missing is a band of its own."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BANDS + 1)[1:-1])) if len(known) else known
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))


def _mutual(a: Array, b: Array) -> float:
    shape = int(a.max()) + 1, int(b.max()) + 1
    joint = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1]).reshape(shape) / len(a)
    rows, columns = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    some = joint > 0
    chance = ((rows > 0).sum() - 1) * ((columns > 0).sum() - 1) / (2 * len(a))
    return float((joint[some] * np.log(joint[some] / (rows * columns)[some])).sum() - chance)


def permutation(block: Block, known: Known, rng: np.random.Generator) -> Array:
    """What shuffling a column costs small boosted trees on the rows that they were not grown on (Breiman 2001)."""
    judge = Judge.of("trees", known, rng)
    rows = np.flatnonzero(judge.fold == 0)
    booster, values = judge.grown(block, judge.fold != 0), block.values[rows]
    plain, out = judge.losses(grown_predictions(booster, values), rows).mean(), np.zeros(len(block.names))
    for i in np.flatnonzero(booster.feature_importance("split")):
        for _ in range(REPEATS):
            shuffled = values.copy()
            shuffled[:, i] = rng.permutation(values[:, i])
            out[i] += (judge.losses(grown_predictions(booster, shuffled), rows).mean() - plain) / REPEATS
    return out


def recursive(block: Block, known: Known, rng: np.random.Generator) -> Array:
    """In which round a column is left out, when each round leaves out those of least gain to small boosted trees
    (Guyon and others 2002)."""
    judge, everyone = Judge.of("trees", known, rng), np.ones(len(known.y), bool)
    left, out, round_ = np.arange(len(block.names)), np.zeros(len(block.names)), 0
    while len(left) > 1:
        codes = tuple(i for i, column in enumerate(left) if column in block.categorical)
        part = Block(block.values[:, left], tuple(block.names[i] for i in left), codes)
        gain = judge.grown(part, everyone).feature_importance("gain")
        order = np.argsort(gain, kind="stable")
        gone = left[order[: max(1, int(DROPPED * len(left)), int((gain == 0).sum()) - 1)]]
        out[gone], round_ = round_, round_ + 1
        left = np.setdiff1d(left, gone)
    out[left] = round_
    return out


def l1(block: Block, known: Known, rng: np.random.Generator) -> Array:
    """The largest weight in absolute value that least squares with an L1 penalty gives a z-scored column, over the
    columns of the target; the penalty is the universal one, sqrt(2 log k / N) (Donoho and Johnstone 1994)."""
    from sklearn.linear_model import Lasso

    x, aims = standardised(block.values, np.ones(len(known.y), bool)), Judge.of("linear", known, rng).aims
    centred = (aims - aims.mean(axis=0)) / np.maximum(aims.std(axis=0), 1e-12)
    penalty = np.sqrt(2 * np.log(max(2, x.shape[1])) / len(x))
    weights = [Lasso(alpha=penalty, tol=1e-3, max_iter=5000).fit(x, aim).coef_ for aim in centred.T]
    return np.asarray(np.abs(weights).max(axis=0))
