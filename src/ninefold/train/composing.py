"""The one graph: raw columns, views, members, blend, calibration, decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ninefold.core.workshop import Workshop
from ninefold.forms.onnx import Var, compiled, inlined, raw_input
from ninefold.train.blueprint import Blueprint
from ninefold_runtime.schema import Column


def compose(blueprint: Blueprint, columns: Sequence[Column], workshop: Workshop) -> tuple[bytes, tuple[str, ...]]:
    """The graph, and the raw columns it reads in schema order. Each view stands in it once."""
    graphs = {view: stored(workshop, trial, "view") for trial, view in blueprint.views.items()}
    needed = {name for graph in graphs.values() for name in inputs_of(graph)}
    needed |= set() if blueprint.policy is None else {blueprint.policy.column}
    folding = blueprint.problem.folding
    needed |= {folding.target} if folding is not None and folding.horizon else set()
    inputs = {column.name: raw_input(column) for column in columns if column.name in needed}
    matrices = {view: called(graph, inputs)["x"] for view, graph in graphs.items()}
    outputs = {
        trial: called(formed(workshop, trial, blueprint.kind), {"x": matrices[view]})["y"]
        for trial, view in blueprint.views.items()
    }
    return compiled(inputs, blueprint.graph(outputs, inputs)), tuple(inputs)


def stored(workshop: Workshop, trial: int, name: str) -> bytes:
    """One of the graphs in a member's folder."""
    return (workshop.member(trial) / f"{name}.onnx").read_bytes()


def formed(workshop: Workshop, trial: int, kind: str) -> bytes:
    """The graph of a member from its view on, of a ``kind`` where it has one of that."""
    return workshop.existing(trial, kind, "form.onnx").read_bytes()


def inputs_of(graph: bytes) -> list[str]:
    """Names of a graph's inputs, in its order."""
    import onnx

    return [node.name for node in onnx.load_from_string(graph).graph.input]


def called(graph: bytes, inputs: Mapping[str, Var]) -> dict[str, Var]:
    """The outputs of a graph that is called inside the one being built; ``inputs`` may be more than it takes."""
    return inlined(graph, {name: inputs[name] for name in inputs_of(graph)})
