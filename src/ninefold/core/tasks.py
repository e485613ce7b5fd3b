"""How tasks are made of one another, so that whoever solves a simple one can serve in a richer one."""

from __future__ import annotations

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.protocols import Known
from ninefold.core.table import Array, one_number
from ninefold_runtime.schema import Task

BASE: dict[Task, Task] = {
    "multilabel": "binary",
    "multioutput": "regression",
    "count": "regression",
    "quantile": "regression",
    "forecast": "regression",
    "ordinal": "multiclass",
    "multitask": "regression",
}


def base_of(task: Task) -> Task:
    """The simple task that each target of this one is: binary, multiclass or regression. Mixed targets are of several;
    where one must speak for them, codes are taken for values."""
    return BASE.get(task, task)


def known(problem: Problem, target: Array) -> Known:
    """The target for steps, which know simple tasks: of several targets, one number that speaks for them all."""
    if target.ndim == 2:
        return Known(one_number(target), "regression", 1)
    return Known(target, base_of(problem.task), problem.outputs if problem.classes else 1)


def serves(solves: tuple[Task, ...], task: Task) -> bool:
    """Whether a learner with these tasks on its card can take part in ``task``, as itself or with each target for
    itself. Quantiles need a learner that knows them: a mean is none. Mixed targets need one that solves them all."""
    if task == "multitask":
        return task in solves or {"binary", "multiclass", "regression"} <= set(solves)
    return task in solves or (task != "quantile" and base_of(task) in solves)


def alone(width: float) -> Task:
    """What one of mixed targets is, by the columns that its prediction has."""
    return "regression" if width == 1 else "binary" if width == 2 else "multiclass"


def difference(task: Task, python: Array, graphed: Array) -> float:
    """The largest |graph - Python| over predictions [N, K]: of values in units of the largest of their column (targets
    have units of their own), of counts, which may reach from 0 to millions, in units of each, but never below 1."""
    size = np.abs(python) if task == "count" else np.abs(python).max(axis=0)
    return float((np.abs(python - graphed) / np.maximum(1.0, size)).max())
