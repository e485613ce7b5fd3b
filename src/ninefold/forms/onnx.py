"""The one door to ONNX: graphs are built with spox, float64 throughout, and run with ONNX Runtime.

Opsets ai.onnx 21 and ai.onnx.ml 5; ``com.microsoft`` only for the text tokeniser (`ninefold.forms.tokens`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import spox.opset.ai.onnx.ml.v5 as ml
import spox.opset.ai.onnx.v21 as op
from spox import Tensor, Var, argument, build, inline

from ninefold.core.table import Array

if TYPE_CHECKING:
    from ninefold.core.protocols import Form
    from ninefold_runtime.schema import Column

__all__ = [
    "Session",
    "Var",
    "argument_of",
    "block_input",
    "compiled",
    "const",
    "form_graph",
    "inlined",
    "inside_graph",
    "ml",
    "op",
    "raw_input",
    "stack",
]

IR_VERSION = 10
MOST_ROWS, MOST_CELLS = 100_000, 2_000_000
"""Rows, and cells of all inputs together, that a graph is asked about at a time."""
TWIN = ":output"
_HELD = "ninefold/"
ELEMENT = {"number": np.float64, "text": np.str_, "time": np.int64, "pixels": np.uint8, "series": np.float64}


def const(value: Any, dtype: Any = np.float64) -> Var:
    """A constant node; float64 unless said otherwise."""
    return op.const(np.asarray(value, dtype))


def raw_input(column: Column) -> Var:
    """The graph input of one raw column, [N, *shape]."""
    return argument(Tensor(ELEMENT[column.wire], ("N", *column.shape)))


def argument_of(element: type[np.generic], shape: tuple[str | int, ...]) -> Var:
    """A graph input of any shape; names stand for what is only known when the graph runs."""
    return argument(Tensor(element, shape))


def block_input(element: type[np.generic], width: int) -> Var:
    """A graph input [N, width]."""
    return argument(Tensor(element, ("N", width)))


def stack(columns: list[Var]) -> Var:
    """k columns [N] side by side as one block [N, k], in three nodes whatever k."""
    if len(columns) == 1:
        return op.unsqueeze(columns[0], const([1], np.int64))
    long = op.concat(columns, axis=0)
    return op.transpose(op.reshape(long, const([len(columns), -1], np.int64)), perm=[1, 0])


def compiled(inputs: Mapping[str, Var], outputs: Mapping[str, Var]) -> bytes:
    """Build and check a graph; returns the serialised ModelProto.

    Input names are free: raw columns may be called anything, also what spox calls its nodes. An output whose name an
    input has is suffixed with TWIN; consumers go by the order of outputs or by `Session`.
    """
    import onnx

    held_in = {f"{_HELD}in{i}": var for i, var in enumerate(inputs.values())}
    held_out = {f"{_HELD}out{i}": var for i, var in enumerate(outputs.values())}
    model = build(held_in, held_out)
    model.ir_version = IR_VERSION
    public_out = [f"{name}{TWIN}" if name in inputs else name for name in outputs]
    _rename(model.graph, dict(zip([*held_in, *held_out], [*inputs, *public_out], strict=True)))
    onnx.checker.check_model(model)  # its shape inference crashes on com.microsoft nodes; ONNX Runtime infers anew
    serialised: bytes = model.SerializeToString()
    return serialised


def _rename(graph: Any, public: Mapping[str, str]) -> None:
    """Give inputs and outputs their public names; inner names that would clash with one step aside."""
    parts = list(_with_bodies(graph))
    inner = {name for part in parts for node in part.node for name in node.output}
    inner |= {value.name for body in parts[1:] for value in body.input}
    inner -= public.keys()
    names = dict(public) | {name: f"{_HELD}{name}" for name in inner & set(public.values())}
    for part in parts:
        for value in (*part.input, *part.output):
            value.name = names.get(value.name, value.name)
        for node in part.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]


def _with_bodies(graph: Any) -> Iterator[Any]:
    """A graph and the graphs inside its nodes (bodies of loops), which see its names."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _with_bodies(attribute.g)


def inlined(graph: bytes, inputs: Mapping[str, Var]) -> dict[str, Var]:
    """Call a compiled graph inside the graph being built; input and output names are those of ``compiled``."""
    import onnx

    model = onnx.load_from_string(graph)
    named = dict(inline(model)(**inputs))
    return {name.removesuffix(TWIN): var for name, var in named.items()}


def form_graph(form: Form, width: int, element: type[np.generic] = np.float64) -> bytes:
    """A fitted form alone as a graph from ``x`` [N, width] to ``y`` [N, K]."""
    x = block_input(element, width)
    return compiled({"x": x}, {"y": form.graph(x)})


def inside_graph(form: object, width: int, element: type[np.generic] = np.float64) -> bytes | None:
    """From ``x`` [N, width] to what comes out of each layer of a form that lets itself be looked into (``insides``);
    None where it does not, or has none."""
    insides = getattr(form, "insides", None)
    x = block_input(element, width)
    found = insides(x) if insides is not None else {}
    return compiled({"x": x}, found) if found else None


class Session:
    """A graph loaded in ONNX Runtime, one thread, from bytes."""

    def __init__(self, graph: bytes) -> None:
        self._graph = graph

    @cached_property
    def _session(self) -> Any:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return ort.InferenceSession(self._graph, options, providers=["CPUExecutionProvider"])

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        return tuple(node.name for node in self._session.get_inputs())

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Output names in order, without TWIN."""
        return tuple(node.name.removesuffix(TWIN) for node in self._session.get_outputs())

    def run(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """All outputs by name; ``arrays`` may hold more than the graph's inputs."""
        values = self._session.run(None, {name: arrays[name] for name in self.inputs})
        return dict(zip(self.outputs, values, strict=True))

    def rows(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """`run` where every output has a row for each of the N rows of the inputs, some rows at a time: what is made of
        strings and of images on the way takes many times the room of what comes out."""
        given = [arrays[name] for name in self.inputs]
        count = len(given[0])
        step = max(1, min(MOST_ROWS, MOST_CELLS // sum(math.prod(array.shape[1:]) for array in given)))
        if count <= step:
            return self.run(arrays)
        parts = [
            self.run({name: arrays[name][start : start + step] for name in self.inputs})
            for start in range(0, count, step)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in self.outputs}
