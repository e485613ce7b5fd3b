"""The one door to ONNX: graphs are built with spox, float64 throughout, and run with ONNX Runtime.

Opsets ai.onnx 21 and ai.onnx.ml 5; ``com.microsoft`` only for the text tokeniser (`ninefold.forms.tokens`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import spox.opset.ai.onnx.ml.v5 as ml
import spox.opset.ai.onnx.v21 as op
from spox import Tensor, Var, argument, build, inline

from ninefold.core.table import Array

if TYPE_CHECKING:
    from ninefold.core.protocols import Form

__all__ = [
    "Session",
    "Var",
    "block_input",
    "compiled",
    "const",
    "form_graph",
    "inlined",
    "ml",
    "op",
    "raw_input",
    "stack",
]

IR_VERSION = 10
ELEMENT = {"number": np.float64, "text": np.str_, "time": np.int64}


def const(value: Any, dtype: Any = np.float64) -> Var:
    """A constant node; float64 unless said otherwise."""
    return op.const(np.asarray(value, dtype))


def raw_input(wire: str) -> Var:
    """The graph input of one raw column, [N]; ``wire`` is `ninefold_runtime.schema.Wire`."""
    return argument(Tensor(ELEMENT[wire], ("N",)))


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
    """Build and check a graph; returns the serialised ModelProto."""
    import onnx

    model = build(dict(inputs), dict(outputs))
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)  # its shape inference crashes on com.microsoft nodes; ONNX Runtime infers anew
    serialised: bytes = model.SerializeToString()
    return serialised


def inlined(graph: bytes, inputs: Mapping[str, Var]) -> dict[str, Var]:
    """Call a compiled graph inside the graph being built; input and output names are those of ``compiled``."""
    import onnx

    return dict(inline(onnx.load_from_string(graph))(**inputs))


def form_graph(form: Form, width: int) -> bytes:
    """A fitted form alone as a graph from ``x`` [N, width] to ``y`` [N, K]."""
    x = block_input(np.float64, width)
    return compiled({"x": x}, {"y": form.graph(x)})


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
        return tuple(node.name for node in self._session.get_outputs())

    def run(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """All outputs by name; ``arrays`` may hold more than the graph's inputs."""
        values = self._session.run(None, {name: arrays[name] for name in self.inputs})
        return dict(zip(self.outputs, values, strict=True))
