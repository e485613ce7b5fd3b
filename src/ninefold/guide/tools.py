"""Worlds, learners, metrics and steps by their names, for experiments whose truth is known (tables have `lab`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form, Known
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Array, Rows
from ninefold.forms.recipe import apply_step, fit_recipe
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    import polars as pl

SHIPPED = {
    "breast_cancer": "diagnosis",
    "diabetes": "progression",
    "digits": "digit",
    "iris": "species",
    "wine": "cultivar",
}
"""Tables and their targets."""


def shipped(name: str) -> pl.DataFrame:
    """A table that scikit-learn brings; its last column is the target, named as in `SHIPPED`."""
    import polars as pl
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    table = pl.DataFrame(found.data, [str(column) for column in found.feature_names])
    told = np.asarray(found.target_names).astype(str)[found.target] if "target_names" in found else found.target
    return table.with_columns(pl.Series(SHIPPED[name], told))


def world(name: str, rows: int, seed: int = 0) -> Examples:
    """That many rows of a world."""
    made: Examples = parts.find("ninefold.worlds", name)().make(rows, rng=np.random.default_rng(seed))
    return made


def examples(x: Array, y: Array) -> Examples:
    """Complete numbers ``x`` [N, D] as learners take them; ``y`` [N] are values where they are floats, else class
    codes."""
    names = tuple(f"x{i}" for i in range(x.shape[1]))
    rows = np.asarray(x, np.float64)
    if y.dtype.kind == "f":
        return Examples(rows, y, "regression", 1, names)
    classes = max(int(y.max()) + 1, 2)
    return Examples(rows, y.astype(np.int64), "binary" if classes == 2 else "multiclass", classes, names)


def fit(learner: str, data: Examples, seed: int = 0, **settings: Any) -> Form:
    """A learner by its name; its settings may lie outside of what a search would try."""
    made: Form = parts.find("ninefold.learners", learner)(**settings).fit(
        data, rng=np.random.default_rng(seed), clock=Clock()
    )
    return made


def score(metric: str, form: Form, data: Examples) -> float:
    """By a metric's name; metrics of labels take the most probable class."""
    said = form.predict(data.x)
    return float(parts.find("ninefold.metrics", metric)().score(data.y, said, said.argmax(axis=1)))


def stepped(step: str, known: Array, *others: Array, target: Examples | None = None, **settings: Any) -> list[Array]:
    """What a step (``prepare.fill``, ``features.scale`` …) makes of the rows that it is fitted on, and of others.

    ``target`` is for steps that look at it. Where they put it into columns, each row that the step is fitted on is made
    without its own target, as in a run.
    """
    room, name = step.split(".")
    columns = tuple(f"x{i}" for i in range(known.shape[1]))
    branch = Branch(columns, (StepSpec(f"ninefold.{room}.steps", name, settings),))
    seen = Known(np.zeros(len(known)), "regression", 1) if target is None else _known(target)
    rows = Rows(dict(zip(columns, known.T, strict=True)), seen.y)
    schema = {column: Column(name=column, kind="number") for column in columns}
    made = fit_recipe(Recipe("step", (branch,)), schema, rows, seen, np.random.default_rng(0))
    fitted = made.recipe.branches[0].steps[0]
    return [made.matrix, *(apply_step(fitted, values) for values in others)]


def _known(target: Examples) -> Known:
    return Known(target.y, target.task, target.outputs)
