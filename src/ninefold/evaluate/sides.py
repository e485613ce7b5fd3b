"""Training rows beside sealed rows, and labels beside out-of-fold predictions: what findings are told of them."""

from __future__ import annotations

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.results import Model
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.tasks import base_of
from ninefold.diagnosis.apart import Side, apart
from ninefold.evaluate.findings.drifted import RATE
from ninefold.evaluate.labels import Doubted, doubted
from ninefold_runtime.drift import ColumnDrift

SAMPLE = 50_000
"""Rows of either side that are compared at most."""


def drifted(problem: Problem, dataset: Dataset, sealed: Rows, columns: tuple[str, ...]) -> tuple[ColumnDrift, ...]:
    """The columns of the graph, and the targets, in which sealed rows differ from training rows."""
    kinds = {column.name: column for column in dataset.columns}
    classes = base_of(problem.task) != "regression"
    sides = [_side(rows, columns, classes=classes) for rows in (dataset.rows, sealed)]
    return tuple(apart(kinds, sides[0], sides[1], RATE, titles=problem.targets))


def _side(rows: Rows, columns: tuple[str, ...], *, classes: bool) -> Side:
    step = max(1, len(rows) // SAMPLE)
    target = rows.target[::step]
    targets = (target,) if target.ndim == 1 else tuple(target.T)
    return Side({name: rows.columns[name][::step] for name in columns}, targets, classes)


def labelled(problem: Problem, dataset: Dataset, model: Model) -> Doubted | None:
    """None where there are no classes, or no out-of-fold predictions."""
    if problem.task not in {"binary", "multiclass"} or model.out_of_fold is None:
        return None
    predictions: Array = np.load(model.out_of_fold, allow_pickle=False)
    return doubted(predictions, dataset.rows.target)
