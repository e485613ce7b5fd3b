"""What the operators of networks can grow to: bounded, tightly, and refused where a size cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from test_growth import assert_bounded, inside

from ninefold.forms.int8 import product_nodes, weight_nodes
from ninefold.forms.onnx import Var, block_input, compiled, const, op
from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.admitted import admitted
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.safety.growth import growth_of
from ninefold_runtime.safety.onnx import parsed

RNG = np.random.default_rng(0)


def weights(*shape: int) -> Var:
    return const(RNG.normal(size=shape), np.float32)


def images(x: Var) -> Var:
    """[N, 60] as images of 2 channels."""
    return op.reshape(op.cast(x, to=np.float32), const([-1, 2, 6, 5], np.int64))


def steps(x: Var) -> Var:
    """[N, 60] as 12 steps of 5 numbers, steps first."""
    return op.transpose(op.reshape(op.cast(x, to=np.float32), const([-1, 12, 5], np.int64)), perm=[1, 0, 2])


def counted(x: Var) -> Var:
    """0, 1, … of the rows, and one more."""
    rows = op.squeeze(op.shape(x, end=1))
    return op.range(const(0, np.int64), op.add(rows, const(1, np.int64)), const(1, np.int64))


LAYERS: dict[str, Callable[[Var], Var]] = {
    "conv": lambda x: op.conv(images(x), weights(4, 2, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    "conv with steps": lambda x: op.conv(images(x), weights(4, 2, 2, 3), kernel_shape=[2, 3], strides=[2, 2]),
    "conv with gaps": lambda x: op.conv(images(x), weights(3, 2, 2, 2), kernel_shape=[2, 2], dilations=[3, 2]),
    "conv in groups": lambda x: op.conv(images(x), weights(4, 1, 3, 3), kernel_shape=[3, 3], group=2),
    "max_pool": lambda x: op.max_pool(images(x), kernel_shape=[2, 2], strides=[2, 2])[0],
    "max_pool beyond": lambda x: op.max_pool(images(x), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)[0],
    "average_pool": lambda x: op.average_pool(images(x), kernel_shape=[3, 2], strides=[3, 1]),
    "flatten": lambda x: op.flatten(images(x)),
    "gelu": lambda x: op.gelu(images(x), approximate="tanh"),
    "lstm": lambda x: op.lstm(
        steps(x), weights(2, 12, 5), weights(2, 12, 3), weights(2, 24), hidden_size=3, direction="bidirectional"
    )[0],
    "gru": lambda x: op.gru(
        steps(x), weights(1, 9, 5), weights(1, 9, 3), weights(1, 18), hidden_size=3, linear_before_reset=1
    )[1],
    "rnn": lambda x: op.rnn(
        steps(x), weights(1, 3, 5), weights(1, 3, 3), weights(1, 6), hidden_size=3, activations=["Tanh"]
    )[1],
    "layer_norm": lambda x: op.layer_normalization(steps(x), weights(5), weights(5))[0],
    "whole numbers": lambda x: weight_nodes(RNG.normal(size=(3, 5)), (0,)),
    "product of whole numbers": lambda x: product_nodes(steps(x), RNG.normal(size=(5, 4)), -1.0, 2.0),
    "range": counted,
}


def graph_of(layer: Callable[[Var], Var]) -> bytes:
    x = block_input(np.float64, 60)
    return compiled({"x": x}, {"y": layer(x)})


@pytest.mark.parametrize("name", LAYERS)
def test_values_of_layers_stay_within_their_bounds(name: str) -> None:
    assert_bounded(graph_of(LAYERS[name]))


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "range"])
def test_bounds_of_layers_are_what_is_made(name: str) -> None:
    graph = graph_of(LAYERS[name])
    bounds = growth_of(graph, admitted(parsed(graph)), 7).values
    for value, made in inside(graph, 7).items():
        assert np.asarray(made).shape == bounds[value.encode()].dims


def test_numbers_of_8_bits_are_known_to_take_a_byte() -> None:
    graph = graph_of(LAYERS["product of whole numbers"])
    bounds = growth_of(graph, admitted(parsed(graph)), 7).values
    held = {name: np.asarray(made) for name, made in inside(graph, 7).items()}
    assert {bounds[n.encode()].cell for n, made in held.items() if made.dtype in (np.int8, np.uint8)} == {1}


def quantised(scale: Sequence[int] = (), zero: Sequence[int] | None = (), **attributes: object) -> bytes:
    """A graph that takes numbers to bytes, by a scale and a zero of these shapes."""
    fed = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3]),
        helper.make_tensor_value_info("scale", TensorProto.FLOAT, scale),
    ]
    fed += [] if zero is None else [helper.make_tensor_value_info("zero", TensorProto.UINT8, zero)]
    return _model([helper.make_node("QuantizeLinear", [f.name for f in fed], ["y"], **attributes)], fed)


def woken(count: int) -> bytes:
    """So many bytes that become numbers as the graph is loaded, and a hundred times as many."""
    bytes_ = TensorProto(data_type=TensorProto.INT8, dims=[count], raw_data=bytes(count))
    nodes = [helper.make_node("Constant", [], ["w"], value=bytes_)]
    nodes += [helper.make_node("Cast", ["w"], [f"y{i}"], to=TensorProto.FLOAT) for i in range(100)]
    return _model([*nodes, helper.make_node("Identity", ["y1"], ["y"])], [])


def squared(side: int) -> bytes:
    """A column of bytes times a row of them."""
    column, row = (
        helper.make_node(
            "Constant",
            [],
            [name],
            value=TensorProto(data_type=TensorProto.INT8, dims=dims, raw_data=bytes(side)),
        )
        for name, dims in (("a", [side, 1]), ("b", [1, side]))
    )
    return _model([column, row, helper.make_node("MatMulInteger", ["a", "b"], ["y"])], [])


def _model(nodes: list[Any], fed: list[Any]) -> bytes:
    graph = helper.make_graph(nodes, "g", fed, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(made.SerializeToString())


def node(name: str, inputs: int, shape: list[int], **attributes: object) -> bytes:
    """A graph of one node that is fed inputs of one shape."""
    names = [f"i{i}" for i in range(inputs)]
    fed = [helper.make_tensor_value_info(i, TensorProto.FLOAT, ["N", *shape]) for i in names]
    return _model([helper.make_node(name, names, ["y"], **attributes)], fed)


HOSTILE = {
    "no window": (node("Conv", 2, [2, 6, 6]), "R112"),
    "edges without end": (node("MaxPool", 1, [2, 6, 6], kernel_shape=[2, 2], pads=[1 << 40] * 4), "R113"),
    "a step of nothing": (node("MaxPool", 1, [2, 6, 6], kernel_shape=[2, 2], strides=[0, 0]), "R112"),
    "a window of other sides": (node("AveragePool", 1, [2, 6, 6], kernel_shape=[2]), "R112"),
    "edges that it finds itself": (node("Conv", 2, [2, 6, 6], kernel_shape=[2, 2], auto_pad="SAME_UPPER"), "R110"),
    "a state without end": (node("LSTM", 3, [3, 4], hidden_size=1 << 50), "R113"),
    "a state of nothing": (node("GRU", 3, [3, 4]), "R112"),
    "steps last": (node("RNN", 3, [3, 4], hidden_size=3, layout=1), "R112"),
    "a window for a day": (node("Conv", 2, [64, 512, 512], kernel_shape=[3, 3], pads=[1] * 4), "R113"),
    "bytes by a scale for each column": (quantised(scale=[3]), "R112"),
    "bytes by a zero for each column": (quantised(zero=[3]), "R112"),
    "bytes by a scale for each block": (quantised(block_size=2), "R112"),
    "bytes of another type": (quantised(output_dtype=TensorProto.INT16), "R112"),
    "bytes without a zero": (quantised(zero=None), "R107"),
    "bytes that are never rounded": (quantised(precision=1), "R110"),
    "bytes that become too much": (woken(200_000), "R113"),
    "a product of bytes without end": (squared(20_000), "R113"),
    "counted by a row": (node("Range", 3, []), "R113"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_bounded_is_refused(name: str) -> None:
    graph, code = HOSTILE[name]
    with pytest.raises(BundleError) as refused:
        examine(graph)
    assert refused.value.code == f"NF-{code}"
