"""Beside a form's graph the same one with numbers of 8 bits, where the model may be of such: what that one says is kept
as well, so that what it costs is known of rows that the form did not learn from."""

from __future__ import annotations

from itertools import product

from ninefold.core.problem import Problem
from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.core.workshop import INT8, save_array
from ninefold.crew.desk import Desk, Material
from ninefold.forms.int8 import int8_graphs
from ninefold.forms.onnx import Session
from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.schema import UNTARGETED


def answer(form: Form, desk: Desk, material: Material, trial: int, fold: int) -> bool:
    """Keep what the graphs of 8 bits say of the fold's validation rows; whether there are any."""
    graphs = _graphs(form, desk.problem, material)
    for kind, graph in graphs.items():
        save_array(desk.workshop.predictions(trial, fold, kind), _said(graph, material.asked))
    return bool(graphs)


def keep(form: Form, desk: Desk, material: Material, trial: int) -> None:
    """Write the graphs of 8 bits that a bundle may hold beside a member's own, and what they say of the gate's rows."""
    for kind, what in product(INT8, ("form.onnx", "gate.npy")):
        desk.workshop.of_kind(trial, kind, what).unlink(missing_ok=True)  # of an earlier fit
    for kind, graph in _graphs(form, desk.problem, material).items():
        try:
            examine(graph, f"its graph, {kind}")
        except BundleError:  # weights that become four times as much when it is loaded may be too much
            continue
        save_array(desk.workshop.of_kind(trial, kind, "gate.npy"), _said(graph, material.asked))
        desk.workshop.of_kind(trial, kind).write_bytes(graph)


def _graphs(form: Form, problem: Problem, material: Material) -> dict[str, bytes]:
    if not problem.limits.tries_int8 or problem.task in UNTARGETED:
        return {}
    return int8_graphs(form, material.learned)


def _said(graph: bytes, x: Array) -> Array:
    return Session(graph).rows({"x": x})["y"]
