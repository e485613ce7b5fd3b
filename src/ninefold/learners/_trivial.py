"""What is left to say when there is nothing to learn: the class shares or the mean, or that all rows are one group."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.tasks import base_of
from ninefold.forms.constant import Constant


def is_trivial(data: Examples) -> bool:
    """No columns, or a target (of clusters: rows) that is the same throughout: the baseline is then the whole truth."""
    if data.x.shape[1] == 0:
        return True
    return bool((data.x == data.x[0]).all() if data.task == "clustering" else (data.y == data.y[0]).all())


def constant(data: Examples) -> Constant:
    """Class shares [K], the mean [1] or means [T], the quantiles [Q], one cluster [1], or the middle of the scale of
    anomalies [1], for every row."""
    if data.task == "anomaly":
        return Constant(np.array([0.5]), data.x.shape[1])
    if data.task == "clustering":
        return Constant(np.ones(1), data.x.shape[1])
    if data.task == "quantile":
        return Constant(np.quantile(data.y, data.levels), data.x.shape[1])
    if base_of(data.task) == "regression":
        return Constant(np.atleast_1d(data.y.mean(axis=0)), data.x.shape[1])
    shares = np.bincount(data.y, minlength=data.outputs) / len(data.y)
    return Constant(shares, data.x.shape[1])
