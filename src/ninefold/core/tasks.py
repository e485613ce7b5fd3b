"""How tasks are made of one another, so that whoever solves a simple one can serve in a richer one."""

from __future__ import annotations

from ninefold_runtime.schema import Task

BASE: dict[Task, Task] = {
    "multilabel": "binary",
    "multioutput": "regression",
    "count": "regression",
    "quantile": "regression",
    "ordinal": "multiclass",
}


def base_of(task: Task) -> Task:
    """The simple task that each target of this one is: binary, multiclass or regression."""
    return BASE.get(task, task)


def serves(solves: tuple[Task, ...], task: Task) -> bool:
    """Whether a learner with these tasks on its card can take part in ``task``, as itself or with each target for
    itself. Quantiles need a learner that knows them: a mean is none."""
    return task in solves or (task != "quantile" and base_of(task) in solves)
