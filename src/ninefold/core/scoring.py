"""Metrics as one problem needs them."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold_runtime.schema import Task

PACKAGE = "ninefold.metrics"
SMOOTH: dict[Task, str] = {
    "binary": "log_loss",
    "multiclass": "log_loss",
    "regression": "rmse",
    "multilabel": "log_loss",
    "multioutput": "relative_rmse",
    "count": "poisson_deviance",
    "ordinal": "log_loss",
    "quantile": "mean_pinball",
    "multitask": "relative_loss",
    "forecast": "mase",
}
"""The metric of a task that moves with every prediction and is defined on any rows."""


def metric_for(problem: Problem, name: str) -> Metric:
    """The metric by name, told which quantiles or mixed targets the problem is about where that is a setting of it.

    Raises:
        WishError: when there is no such metric.
    """
    return told(name, problem.levels)


def told(name: str, levels: tuple[float, ...]) -> Metric:
    """The metric by name, told of these levels (see `Problem.levels`) where they are a setting of it.

    Raises:
        WishError: when there is no such metric.
    """
    asks = "levels" in parts.spaces(parts.find(PACKAGE, name))
    settings = {"levels": ",".join(map(str, levels))} if asks and levels else {}
    made: Metric = parts.make(PACKAGE, name, dict(settings))
    return made


def of_task(task: Task, headline: str, levels: tuple[float, ...] = ()) -> dict[str, Metric]:
    """The task's metrics by name; ``headline`` leads, then the smooth one.

    Raises:
        WishError: when there is no metric of the headline's name.
    """
    order = dict.fromkeys((headline, SMOOTH[task], *parts.names(PACKAGE)))
    every = {name: told(name, levels) for name in order}
    return {name: metric for name, metric in every.items() if task in metric.solves}
