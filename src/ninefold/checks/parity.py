"""The graph says what the form says: on known and new rows, on its borders, where values are missing or new."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried
from ninefold.core.protocols import TABLES, Examples, Form, Learner
from ninefold.core.table import Array
from ninefold.core.tasks import base_of


@dataclass(frozen=True)
class Parity:
    def examine(self, learner: Learner) -> str | None:
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = tried(learner, data)
            rows = _rows(data, form, learner)
            python, graph = form.predict(rows), _graphed(form, rows)
            demand(graph.shape == python.shape, f"the graph gives {graph.shape}, not {python.shape}")
            apart = np.abs(graph - python).max() / (data.y.std() if base_of(task) == "regression" else 1.0)
            demand(apart <= learner.card.tolerance, f"graph and form differ by {apart:.3g} on a {task} problem")
            agree = (graph.argmax(axis=1) == python.argmax(axis=1)) | _tied(python, learner.card.tolerance)
        demand(agree.all(), f"graph and form disagree on a {task} label")
        return None


def _graphed(form: Form, rows: Array) -> Array:
    from ninefold.forms.onnx import Session, form_graph

    return Session(form_graph(form, rows.shape[1], rows.dtype.type)).run({"x": rows})["y"]


def _tied(predictions: Array, tolerance: float) -> Array:
    """Rows whose two best classes are as good as equal: rounding decides their label."""
    if predictions.shape[1] == 1:
        return np.ones(len(predictions), bool)
    best = np.sort(predictions, axis=1)
    return np.asarray(best[:, -1] - best[:, -2] <= tolerance)


def _rows(data: Examples, form: Form, learner: Learner) -> Array:
    """Known rows, new ones, the form's borders; where the view may hold them, gaps, new codes and extremes too."""
    rng = np.random.default_rng(7)
    new = 3 * rng.normal(size=(200, data.x.shape[1]))
    new[:, data.categorical] = rng.integers(1, 10, size=(200, len(data.categorical)))
    if learner.card.view not in TABLES:
        return np.vstack([data.x, rng.permuted(data.x, axis=1)])
    if learner.card.view == "scaled":
        return np.vstack([data.x, new, form.borders()])
    holes = np.where(rng.random(new.shape) < 0.3, np.nan, new)
    extremes = np.repeat([[np.nan], [np.inf], [-np.inf], [1e300], [-1e300]], data.x.shape[1], axis=1)
    extremes[:, data.categorical] = np.nan
    return np.vstack([data.x, new, holes, extremes, form.borders()])
