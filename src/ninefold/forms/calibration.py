"""Temperature scaling: one number makes probabilities honest without changing their order."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

TINY = 1e-12
"""Probabilities are kept this far from 0 before the logarithm; parity is unaffected, both sides do it."""


def calibrated(probabilities: Array, temperature: float) -> Array:
    """[N, K] to [N, K]: softmax(log p / temperature), Guo and others 2017; for two classes it is Platt's sigmoid
    without offset."""
    scores = np.log(np.maximum(probabilities, TINY)) / temperature
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def calibration_graph(probabilities: Var, temperature: float) -> Var:
    """`calibrated` as nodes."""
    scores = op.div(op.log(op.max([probabilities, const(TINY)])), const(temperature))
    return op.softmax(scores, axis=1)


def best_temperature(probabilities: Array, y: Array) -> float:
    """The temperature in [0.2, 5] with the least log-loss on these out-of-fold predictions (golden section)."""
    truth = np.arange(len(y)), y.astype(np.int64)
    logs = np.log(np.maximum(probabilities, TINY))

    def loss(log_temperature: float) -> float:
        scores = logs / np.exp(log_temperature)
        top = scores.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        return float((total - scores[truth]).mean())

    low, high, ratio = np.log(0.2), np.log(5.0), (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))
