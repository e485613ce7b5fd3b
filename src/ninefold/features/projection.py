"""The view ``scaled+pca``, for tables whose scaled view is wide; and how much of the variance its axes hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Dataset
from ninefold.core.tasks import known
from ninefold.features._singular import leading, shares
from ninefold.forms.recipe import fit_recipe
from ninefold_runtime.schema import Column, Kind

FEATURES = "ninefold.features.steps"
WIDE = 30
"""Columns above which a scaled view gets a projected variant."""
SAMPLE = 2_000
"""Training rows that the variance along the axes is measured on."""
SHOWN = 100
"""Axes whose variance is told."""
_WIDTH: dict[Kind, int] = {"datetime": 8, "text": 300}
_LEVELS = 50
"""About as many columns as the steps make of one of these."""


def projected(scaled: Recipe) -> Recipe:
    """``scaled`` along its principal axes; the words of a text are summed up as topics before."""
    branches = tuple(_with_topics(branch) for branch in scaled.branches)
    return replace(scaled, view="scaled+pca", branches=branches, after=(StepSpec(FEATURES, "pca"),))


def _with_topics(branch: Branch) -> Branch:
    if branch.steps[-1].name != "tf_idf":
        return branch
    return replace(branch, steps=(*branch.steps, StepSpec(FEATURES, "truncated_svd")))


def is_wide(columns: Iterable[Column]) -> bool:
    """Whether the scaled view of these columns has more than `WIDE`, by a rough count."""
    return sum(map(_width, columns)) > WIDE


def _width(column: Column) -> int:
    return min(column.distinct, _LEVELS) if column.kind in ("category", "id") else _WIDTH.get(column.kind, 1)


def variance(recipe: Recipe, problem: Problem, dataset: Dataset) -> tuple[float, ...]:
    """The share of the variance of ``recipe``'s matrix, without its last steps, along each of its first axes.

    Measured on some training rows, for the account alone: every fold fits its own axes.
    """
    rng = np.random.default_rng([problem.seed, 4])
    rows = dataset.rows.take(np.sort(rng.permutation(dataset.train_rows)[:SAMPLE]))
    columns = {column.name: column for column in dataset.columns}
    matrix = fit_recipe(replace(recipe, after=()), columns, rows, known(problem, rows.target), rng).matrix
    centred = matrix - matrix.mean(axis=0)
    return tuple(shares(leading(centred, SHOWN, rng)[0], centred).tolist())
