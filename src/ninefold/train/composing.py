"""The one graph: raw columns, views, members, blend, calibration, decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ninefold.core.workshop import Workshop
from ninefold.forms.onnx import Var, compiled, inlined, raw_input
from ninefold.train.blueprint import Blueprint
from ninefold_runtime.schema import Column


def compose(blueprint: Blueprint, columns: Sequence[Column], workshop: Workshop) -> tuple[bytes, tuple[str, ...]]:
    """The graph, and the raw columns it reads in schema order. Each view stands in it once."""
    graphs = {view: _stored(workshop, trial, "view") for trial, view in blueprint.views.items()}
    needed = {name for graph in graphs.values() for name in _inputs(graph)}
    needed |= set() if blueprint.policy is None else {blueprint.policy.column}
    inputs = {column.name: raw_input(column.wire) for column in columns if column.name in needed}
    matrices = {view: _called(graph, inputs, "x") for view, graph in graphs.items()}
    outputs = {
        trial: _called(_stored(workshop, trial, "form"), {"x": matrices[view]}, "y")
        for trial, view in blueprint.views.items()
    }
    return compiled(inputs, blueprint.graph(outputs, inputs)), tuple(inputs)


def _stored(workshop: Workshop, trial: int, name: str) -> bytes:
    return (workshop.member(trial) / f"{name}.onnx").read_bytes()


def _inputs(graph: bytes) -> list[str]:
    import onnx

    return [node.name for node in onnx.load_from_string(graph).graph.input]


def _called(graph: bytes, inputs: Mapping[str, Var], output: str) -> Var:
    return inlined(graph, {name: inputs[name] for name in _inputs(graph)})[output]
