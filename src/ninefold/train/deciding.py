"""From probabilities to labels: a threshold for two classes, expected cost where costs are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.metrics._labels import rank_costs
from ninefold.metrics._thresholds import threshold_of
from ninefold_runtime.schema import spans_of

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Decision:
    """``threshold`` of the last column (the positive class, or the score of an anomaly), or None: then
    the cheapest or most probable class is taken.

    ``costs`` [true][predicted], empty where mistakes cost the same. ``thresholds`` [T] are those of several targets,
    each decided for itself; codes and margins are then [N, T]. ``choices`` are those of mixed targets, whose categories
    are decided one by one; labels and margins are then [N, C]. Methods take ``own`` [N], the threshold of each row,
    where groups of rows have thresholds of their own.
    """

    threshold: float | None
    why: str
    costs: tuple[tuple[float, ...], ...] = ()
    thresholds: tuple[float, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()

    @property
    def _categories(self) -> list[tuple[tuple[str, ...], slice]]:
        each = zip(self.choices, spans_of(self.choices), strict=True)
        return [(classes, span) for classes, span in each if classes]

    def margin(self, probabilities: Array, own: Array | None = None) -> Array:
        """How far each row is from being decided otherwise, [N]; endlessly where there is one cluster."""
        if self.choices:
            two = [np.sort(probabilities[:, span], axis=1)[:, -2:] for _, span in self._categories]
            return np.column_stack([best[:, 1] - best[:, 0] for best in two])
        if self.thresholds:
            return np.asarray(np.abs(probabilities - np.array(self.thresholds)))
        if self.threshold is not None:
            return np.asarray(np.abs(probabilities[:, -1] - (self.threshold if own is None else own)))
        if probabilities.shape[1] == 1:
            return np.full(len(probabilities), np.inf)
        ranked = np.sort(probabilities @ -np.array(self.costs) if self.costs else probabilities, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2])

    def codes(self, probabilities: Array, own: Array | None = None) -> Array:
        """The decided class code of each row, [N]."""
        if self.thresholds:
            return np.asarray(probabilities >= np.array(self.thresholds), np.int64)
        if self.threshold is not None:
            return np.asarray(probabilities[:, -1] >= (self.threshold if own is None else own), np.int64)
        if self.costs:
            return np.asarray(np.argmin(probabilities @ np.array(self.costs), axis=1))
        return np.asarray(np.argmax(probabilities, axis=1))

    def labels(
        self, probabilities: Array, classes: tuple[str, ...], pairs: Pairs = (), own: Array | None = None
    ) -> Array:
        """The decided label of each row as text, [N]; of several targets, by their ``pairs`` of no and yes, [N, T]."""
        if self.choices:
            best = [np.array(classes)[probabilities[:, span].argmax(axis=1)] for classes, span in self._categories]
            return np.column_stack(best)
        codes = self.codes(probabilities, own)
        if self.thresholds:
            no, yes = np.array(pairs).T
            return np.asarray(np.where(codes == 1, yes, no))
        return np.array(classes)[codes]

    def graph(self, probabilities: Var, classes: tuple[str, ...], pairs: Pairs = (), own: Var | None = None) -> Var:
        """`labels` as nodes."""
        if self.choices:
            return op.concat([_likeliest(probabilities, *each) for each in self._categories], axis=1)
        if self.thresholds:
            no, yes = (const(words, np.str_) for words in np.array(pairs).T)
            return op.where(op.greater_or_equal(probabilities, const(self.thresholds)), yes, no)
        if self.threshold is not None:
            positive = op.gather(probabilities, const(-1, np.int64), axis=1)
            least = const(self.threshold) if own is None else own
            code = op.cast(op.greater_or_equal(positive, least), to=np.int64)
        elif self.costs:
            code = op.arg_min(op.matmul(probabilities, const(self.costs)), axis=1, keepdims=0)
        else:
            code = op.arg_max(probabilities, axis=1, keepdims=0)
        return op.gather(const(np.array(classes, np.str_), np.str_), code, axis=0)


def _likeliest(probabilities: Var, classes: tuple[str, ...], span: slice) -> Var:
    """[N, 1] labels of one category among the columns."""
    own = op.gather(probabilities, const(np.arange(span.start, span.stop), np.int64), axis=1)
    return op.gather(const(np.array(classes, np.str_), np.str_), op.arg_max(own, axis=1, keepdims=1), axis=0)


def decision_of(problem: Problem, probabilities: Array, y: Array) -> Decision:
    """Choose on calibrated out-of-fold probabilities [N, K]; values are not decided upon."""
    if problem.labels:
        each = [threshold_of((), probabilities[:, t], y[:, t]) for t in range(len(problem.labels))]
        thresholds = tuple(threshold for threshold, _ in each)
        return Decision(
            None, "each target for itself: the more probable label, the best F1 of a rare one", (), thresholds
        )
    if any(problem.choices):
        return Decision(None, "of each category the most probable class", choices=problem.choices)
    if not problem.classes:
        return Decision(None, "")
    if problem.task != "binary":
        return _of_classes(problem)
    return Decision(*threshold_of(problem.costs, probabilities[:, 1], y, gains=problem.gains))


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
