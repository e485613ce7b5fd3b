"""A metric as one problem needs it."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric

PACKAGE = "ninefold.metrics"


def metric_for(problem: Problem, name: str) -> Metric:
    """The metric by name, told which quantiles the problem is about where that is a setting of it.

    Raises:
        WishError: when there is no such metric.
    """
    told = "levels" in parts.spaces(parts.find(PACKAGE, name))
    settings = {"levels": ",".join(map(str, problem.quantiles))} if told and problem.quantiles else {}
    made: Metric = parts.make(PACKAGE, name, dict(settings))
    return made
