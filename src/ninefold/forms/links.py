"""From scores to predictions: the last step of a form, once in NumPy and once as ONNX nodes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

Link = Literal["identity", "complement", "sigmoid", "softmax", "exp"]
"""Of scores [N, K]: as they are; a probability p as [1 - p, p]; a log-odds as [1 - p, p]; K logits as shares; the
logarithm of a mean as the mean."""

HIGHEST = 30.0
"""Logarithms of a mean are cut off here: far outside of the training rows a mean must still be a finite number."""


def applied(link: Link, scores: Array) -> Array:
    """Predictions [N, K] for ``scores`` [N, K], or [N, 1] where the link makes two columns of one."""
    if link == "softmax":
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
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
    if link == "identity":
        return scores
    if link == "exp":
        return op.exp(op.min([scores, const(HIGHEST)]))
    chance = op.sigmoid(scores) if link == "sigmoid" else scores
    return op.concat([op.sub(const(1.0), chance), chance], axis=1)
