"""Stacking: a second layer learns from what the members say of rows they were not fitted on (Wolpert 1992).

The second layer is a learner like any other, fitted on out-of-fold predictions: linear regression with a penalty on
values, logistic regression on log-odds, so that it differs little from a weighted mean unless the rows insist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Examples, Form, Learner
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold_runtime.schema import Task

SECOND: dict[Task, tuple[str, dict[str, Value]]] = {
    "regression": ("ridge_regression", {"alpha": 10.0}),
    "binary": ("logistic_regression", {"c": 0.1, "iterations": 50}),
    "multiclass": ("logistic_regression", {"c": 0.1, "iterations": 50}),
}
"""The second layer by task; tasks that are not here are not stacked. Signals are few and nearly right: few steps do."""
PARTS = 5
TINY = 1e-6
"""Probabilities are kept this far from 0 before the logarithm: a member that was sure and wrong must not decide."""


@dataclass(frozen=True, eq=False)
class Stack:
    """``form`` takes the signals of the members in ``order``, side by side."""

    order: tuple[int, ...]
    signals: Signals
    form: Form

    def predict(self, predictions: Mapping[int, Array]) -> Array:
        """Members' predictions [N, K] by trial to the second layer's [N, K]."""
        return self.form.predict(np.hstack([self.signals.of(predictions[trial]) for trial in self.order]))

    def graph(self, predictions: Mapping[int, Var]) -> Var:
        """The same as nodes."""
        signals = [self.signals.nodes(predictions[trial]) for trial in self.order]
        return self.form.graph(signals[0] if len(signals) == 1 else op.concat(signals, axis=1))


@dataclass(frozen=True)
class Signals:
    """What the second layer sees of a member: values in spreads from the centre, log-odds, or log-probabilities."""

    task: Task
    centre: float = 0.0
    spread: float = 1.0

    def of(self, said: Array) -> Array:
        """[N, K] to [N, S], S = 1 but for more than two classes."""
        if self.task == "regression":
            return np.asarray((said - self.centre) / self.spread)
        logs = np.log(np.maximum(said, TINY))
        return np.asarray(logs[:, 1:] - logs[:, :1] if self.task == "binary" else logs)

    def nodes(self, said: Var) -> Var:
        """The same as nodes."""
        if self.task == "regression":
            return op.div(op.sub(said, const(self.centre)), const(self.spread))
        logs = op.log(op.max([said, const(TINY)]))
        if self.task == "multiclass":
            return logs
        first, second = (op.gather(logs, const([k], np.int64), axis=1) for k in (0, 1))
        return op.sub(second, first)


def fit_stack(predictions: Mapping[int, Array], y: Array, task: Task, outputs: int) -> Stack:
    """Fit the second layer on out-of-fold ``predictions`` [N, K] by trial, all finite; ``y`` [N] is the target."""
    name, settings = SECOND[task]
    learner: Learner = parts.make("ninefold.learners", name, settings)
    signals = Signals(task, float(y.mean()), float(y.std()) or 1.0) if task == "regression" else Signals(task)
    order = tuple(sorted(predictions))
    x = np.hstack([signals.of(np.asarray(predictions[trial])) for trial in order])
    examples = Examples(x, y, task, outputs, tuple(f"signal {i}" for i in range(x.shape[1])))
    return Stack(order, signals, learner.fit(examples, rng=np.random.default_rng(0), clock=Clock()))


def cross_stacked(predictions: Mapping[int, Array], y: Array, task: Task, outputs: int, seed: int) -> Array:
    """[N, K]: what second layers say of rows that they were not fitted on; NaN where a member says nothing."""
    seen = seen_by_all(predictions)
    known = {trial: np.asarray(values)[seen] for trial, values in predictions.items()}
    out = np.full((len(y), outputs), np.nan)
    for inside, outside in dealt(len(seen), seed):
        stack = fit_stack({t: v[inside] for t, v in known.items()}, y[seen[inside]], task, outputs)
        out[seen[outside]] = stack.predict({t: v[outside] for t, v in known.items()})
    return out


def seen_by_all(predictions: Mapping[int, Array]) -> Array:
    """Positions of the rows that every trial has predicted."""
    missing = [np.isnan(np.asarray(values)).any(axis=1) for values in predictions.values()]
    return np.flatnonzero(~np.any(missing, axis=0))


def dealt(rows: int, seed: int) -> list[tuple[Array, Array]]:
    """(inside, outside) positions of `PARTS` parts dealt at random."""
    part = np.random.default_rng([seed, 55]).permutation(rows) % PARTS
    return [(np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(PARTS)]
