"""From probabilities to labels: a threshold for two classes, expected cost where costs are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.metrics._labels import rank_costs

IMBALANCED = 0.2
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Decision:
    """``threshold`` of the last column (the positive class, or the score of an anomaly), or None: then
    the cheapest or most probable class is taken.

    ``costs`` [true][predicted], empty where mistakes cost the same. ``thresholds`` [T] are those of several targets,
    each decided for itself; codes and margins are then [N, T].
    """

    threshold: float | None
    why: str
    costs: tuple[tuple[float, ...], ...] = ()
    thresholds: tuple[float, ...] = ()

    def margin(self, probabilities: Array) -> Array:
        """How far each row is from being decided otherwise, [N]; endlessly where there is one cluster."""
        if self.thresholds:
            return np.asarray(np.abs(probabilities - np.array(self.thresholds)))
        if self.threshold is not None:
            return np.asarray(np.abs(probabilities[:, -1] - self.threshold))
        if probabilities.shape[1] == 1:
            return np.full(len(probabilities), np.inf)
        ranked = np.sort(probabilities @ -np.array(self.costs) if self.costs else probabilities, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2])

    def codes(self, probabilities: Array) -> Array:
        """The decided class code of each row, [N]."""
        if self.thresholds:
            return np.asarray(probabilities >= np.array(self.thresholds), np.int64)
        if self.threshold is not None:
            return np.asarray(probabilities[:, -1] >= self.threshold, np.int64)
        if self.costs:
            return np.asarray(np.argmin(probabilities @ np.array(self.costs), axis=1))
        return np.asarray(np.argmax(probabilities, axis=1))

    def labels(self, probabilities: Array, classes: tuple[str, ...], pairs: Pairs = ()) -> Array:
        """The decided label of each row as text, [N]; of several targets, by their ``pairs`` of no and yes, [N, T]."""
        codes = self.codes(probabilities)
        if self.thresholds:
            no, yes = np.array(pairs).T
            return np.asarray(np.where(codes == 1, yes, no))
        return np.array(classes)[codes]

    def graph(self, probabilities: Var, classes: tuple[str, ...], pairs: Pairs = ()) -> Var:
        """`labels` as nodes."""
        if self.thresholds:
            no, yes = (const(words, np.str_) for words in np.array(pairs).T)
            return op.where(op.greater_or_equal(probabilities, const(self.thresholds)), yes, no)
        if self.threshold is not None:
            positive = op.gather(probabilities, const(-1, np.int64), axis=1)
            code = op.cast(op.greater_or_equal(positive, const(self.threshold)), to=np.int64)
        elif self.costs:
            code = op.arg_min(op.matmul(probabilities, const(self.costs)), axis=1, keepdims=0)
        else:
            code = op.arg_max(probabilities, axis=1, keepdims=0)
        return op.gather(const(np.array(classes, np.str_), np.str_), code, axis=0)


def decision_of(problem: Problem, probabilities: Array, y: Array) -> Decision:
    """Choose on calibrated out-of-fold probabilities [N, K]; values are not decided upon."""
    if problem.labels:
        each = [_of_share(probabilities[:, t], y[:, t]) for t in range(len(problem.labels))]
        thresholds = tuple(one.threshold or 0.0 for one in each)
        return Decision(
            None, "each target for itself: the more probable label, the best F1 of a rare one", (), thresholds
        )
    if not problem.classes:
        return Decision(None, "")
    if problem.costs and problem.task == "binary":
        threshold = _cheapest(np.array(problem.costs))
        return Decision(threshold, f"the {_least(problem)}, from the {'gains' if problem.gains else 'costs'} given")
    return _of_share(probabilities[:, 1], y) if problem.task == "binary" else _of_classes(problem)


def _of_classes(problem: Problem) -> Decision:
    """For more than two classes."""
    if problem.costs:
        return Decision(None, f"the class with the {_least(problem)}", problem.costs)
    if problem.task != "ordinal":
        return Decision(None, "the most probable class")
    costs = tuple(tuple(map(float, row)) for row in rank_costs(len(problem.classes)))
    return Decision(None, "the class with the least expected squared distance in rank", costs)


def _least(problem: Problem) -> str:
    return "most expected gain" if problem.gains else "least expected cost"


def _of_share(positive: Array, y: Array) -> Decision:
    """For one yes/no target: the threshold by how rare its rarer class is."""
    share = float(min(y.mean(), 1 - y.mean()))
    if share >= IMBALANCED:
        return Decision(0.5, "the more probable class")
    return Decision(_best_f1(positive, y), "the best F1 out of fold, as the classes are imbalanced")


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
