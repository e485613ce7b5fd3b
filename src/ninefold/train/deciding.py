"""From probabilities to a label: a threshold for two classes, expected cost where costs are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

IMBALANCED = 0.2


@dataclass(frozen=True)
class Decision:
    """``threshold`` of the last column (the positive class, or the score of an anomaly), or None: then
    the cheapest or most probable class is taken.

    ``costs`` [true][predicted], empty where mistakes cost the same.
    """

    threshold: float | None
    why: str
    costs: tuple[tuple[float, ...], ...] = ()

    def margin(self, probabilities: Array) -> Array:
        """How far each row is from being decided otherwise, [N]; endlessly where there is one cluster."""
        if probabilities.shape[1] == 1:
            return np.full(len(probabilities), np.inf)
        if self.threshold is not None:
            return np.asarray(np.abs(probabilities[:, -1] - self.threshold))
        ranked = np.sort(probabilities @ -np.array(self.costs) if self.costs else probabilities, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2])

    def codes(self, probabilities: Array) -> Array:
        """The decided class code of each row, [N]."""
        if self.threshold is not None:
            return np.asarray(probabilities[:, -1] >= self.threshold, np.int64)
        if self.costs:
            return np.asarray(np.argmin(probabilities @ np.array(self.costs), axis=1))
        return np.asarray(np.argmax(probabilities, axis=1))

    def graph(self, probabilities: Var, classes: tuple[str, ...]) -> Var:
        """The same as nodes, ending in class labels [N] of strings."""
        if self.threshold is not None:
            positive = op.gather(probabilities, const(-1, np.int64), axis=1)
            code = op.cast(op.greater_or_equal(positive, const(self.threshold)), to=np.int64)
        elif self.costs:
            code = op.arg_min(op.matmul(probabilities, const(self.costs)), axis=1, keepdims=0)
        else:
            code = op.arg_max(probabilities, axis=1, keepdims=0)
        return op.gather(const(np.array(classes, np.str_), np.str_), code, axis=0)


def decision_of(problem: Problem, probabilities: Array, y: Array) -> Decision:
    """Choose on calibrated out-of-fold probabilities [N, K]."""
    if problem.costs and problem.task == "binary":
        threshold = _cheapest(np.array(problem.costs))
        return Decision(threshold, "the least expected cost, from the costs given")
    if problem.costs:
        return Decision(None, "the class with the least expected cost", problem.costs)
    if problem.task == "multiclass":
        return Decision(None, "the most probable class")
    share = float(min(y.mean(), 1 - y.mean()))
    if share >= IMBALANCED:
        return Decision(0.5, "the more probable class")
    return Decision(_best_f1(probabilities[:, 1], y), "the best F1 out of fold, as the classes are imbalanced")


def _cheapest(costs: Array) -> float:
    """Predict positive where p·(miss − hit) ≥ (1 − p)·(false alarm − rightly negative); Elkan 2001."""
    miss, alarm = costs[1, 0] - costs[1, 1], costs[0, 1] - costs[0, 0]
    return float(alarm / (alarm + miss)) if alarm + miss > 0 else 0.5


def _best_f1(positive: Array, y: Array) -> float:
    """The threshold, midway between two observed probabilities, with the best F1."""
    order = np.argsort(-positive, kind="stable")
    scores, hits = positive[order], np.cumsum(y[order] == 1)
    last = np.append(scores[1:] != scores[:-1], True)
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + max(1, int((y == 1).sum())))
    best = int(np.argmax(np.where(last, f1, -1)))
    below = scores[best + 1] if best + 1 < len(scores) else 0.0
    return float((scores[best] + below) / 2)
