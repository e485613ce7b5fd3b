"""From scores to predictions: the last step of a form, once in NumPy and once as ONNX nodes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

Link = Literal["identity", "complement", "sigmoid", "softmax", "each", "pairs", "exp"]
"""Of scores [N, K]: as they are; a probability p as [1 - p, p]; a log-odds as [1 - p, p]; K logits as shares. Each: the
log-odds of each class against all others, as shares of the K chances. Pairs: the log-odds of class j against class i
for i < j, in order, K (K - 1) / 2 of them, as K shares. Exp: the logarithm of a mean as the mean."""
NEVER = -1e9
"""The logit of a class that training never met: its share is 0 in double precision."""
HIGHEST = 30.0
"""Logarithms of a mean are cut off here: far outside of the training rows a mean must still be a finite number."""


def applied(link: Link, scores: Array) -> Array:
    """Predictions [N, K] for ``scores`` [N, K], or [N, 1] where the link makes two columns of one."""
    if link == "softmax":
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    if link == "each":
        return applied("softmax", -np.logaddexp(0.0, -scores))
    if link == "pairs":
        return applied("softmax", _coupled(scores))
    if link == "identity":
        return scores
    if link == "exp":
        return np.asarray(np.exp(np.minimum(scores, HIGHEST)))
    chance = np.exp(-np.logaddexp(0.0, -scores)) if link == "sigmoid" else scores
    return np.hstack([1.0 - chance, chance])


def nodes(link: Link, scores: Var) -> Var:
    """The same as ONNX nodes."""
    if link == "softmax":
        return op.softmax(scores, axis=1)
    if link == "each":
        return op.softmax(_log_chances(scores), axis=1)
    if link == "pairs":
        return op.softmax(_coupled_nodes(scores), axis=1)
    if link == "identity":
        return scores
    if link == "exp":
        return op.exp(op.min([scores, const(HIGHEST)]))
    chance = op.sigmoid(scores) if link == "sigmoid" else scores
    return op.concat([op.sub(const(1.0), chance), chance], axis=1)


def _log_chances(odds: Var) -> Var:
    """Logarithms of the chances that log-odds stand for, without overflow."""
    tail = op.log(op.add(const(1.0), op.exp(op.neg(op.abs(odds)))))
    return op.sub(op.min([odds, const(0.0)]), tail)


def _coupled(odds: Array) -> Array:
    """Log-odds of pairs [N, P] to logits [N, K]: 1 / p_k = 1 + the sum over j of the odds of j against k.

    Price, Knerr, Personnaz and Dreyfus 1995; exact where the odds are those of some K probabilities.
    """
    against = np.hstack([odds, -odds, np.zeros((len(odds), 1))])[:, _places(odds.shape[1])]
    return np.asarray(-np.logaddexp.reduce(against, axis=2))


def _coupled_nodes(odds: Var) -> Var:
    """`_coupled` as nodes; the number of pairs is read off the shape."""
    pairs = int(str((odds.unwrap_tensor().shape or ())[1]))
    all_ways = op.pad(op.concat([odds, op.neg(odds)], axis=1), const([0, 0, 0, 1], np.int64), const(0.0))
    against = op.gather(all_ways, const(_places(pairs), np.int64), axis=1)
    most = op.reduce_max(against, const([2], np.int64), keepdims=True)
    total = op.log(op.reduce_sum(op.exp(op.sub(against, most)), const([2], np.int64), keepdims=False))
    return op.neg(op.add(total, op.squeeze(most, const([2], np.int64))))


def _places(pairs: int) -> Array:
    """[K, K]: where to find the log-odds of class j against class k in [odds, -odds, 0], at [k, j]."""
    outputs = round((1 + np.sqrt(1 + 8 * pairs)) / 2)
    places = np.full((outputs, outputs), 2 * pairs)
    i, j = np.triu_indices(outputs, 1)
    places[i, j], places[j, i] = np.arange(pairs), pairs + np.arange(pairs)
    return places
