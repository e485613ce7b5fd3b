"""The parts of an ONNX file that the compiler of Ninefold writes, by field number. Source: onnx.proto of ONNX 1.21.

What is named ``no`` is known and refused by that name; fields that are not here are refused as unknown. So there is
no way to name another file, to bring a function, or to hold what one reader sees and another does not.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from ninefold_runtime.safety.protobuf import Field, Malformed, Message, Reader, Shape

MOST_NODES, MOST_PIECES, DEEPEST = 20_000, 1_000_000, 16
LONGEST = 1 << 20
"""Bytes of a text that is an attribute."""
_MANY = MOST_NODES
_EXTERNAL = Field("external-data", "no")
SHAPE: Shape = {
    "model": {
        1: Field("ir_version", "int"),
        2: Field("producer_name", "bytes"),
        6: Field("doc_string", "bytes"),
        7: Field("graph", "graph"),
        8: Field("opset_import", "opset", 8),
        14: Field("metadata", "no"),
        20: Field("training", "no"),
        25: Field("functions", "no"),
    },
    "opset": {1: Field("domain", "bytes"), 2: Field("version", "int")},
    "graph": {
        1: Field("node", "node", _MANY),
        2: Field("name", "bytes"),
        5: Field("initializers", "no"),
        11: Field("input", "value", _MANY),
        12: Field("output", "value", 64),
        15: Field("sparse-tensors", "no"),
    },
    "node": {
        1: Field("input", "bytes", _MANY),
        2: Field("output", "bytes", 64),
        3: Field("name", "bytes"),
        4: Field("op_type", "bytes"),
        5: Field("attribute", "attribute", 64),
        7: Field("domain", "bytes"),
    },
    "attribute": {
        1: Field("name", "bytes"),
        2: Field("f", "float"),
        3: Field("i", "int"),
        4: Field("s", "bytes"),
        5: Field("t", "tensor"),
        6: Field("g", "graph"),
        8: Field("ints", "ints"),
        9: Field("strings", "bytes", MOST_PIECES),
        20: Field("type", "int"),
        21: Field("functions", "no"),
        22: Field("sparse-tensors", "no"),
        23: Field("sparse-tensors", "no"),
    },
    "tensor": {
        1: Field("dims", "ints"),
        2: Field("data_type", "int"),
        6: Field("string_data", "bytes", MOST_PIECES),
        9: Field("raw_data", "place"),
        13: _EXTERNAL,
        14: _EXTERNAL,
    },
    "value": {1: Field("name", "bytes"), 2: Field("type", "type")},
    "type": {1: Field("tensor_type", "tensor_type")},
    "tensor_type": {1: Field("elem_type", "int"), 2: Field("shape", "shape")},
    "shape": {1: Field("dim", "dim", 8)},
    "dim": {1: Field("dim_value", "int"), 2: Field("dim_param", "bytes")},
}
STRING = 8
WIDTH = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 11: 8}
"""Bytes of an element by its type: float, uint8, int8, int32, int64, bool, double."""


def parsed(data: bytes) -> Message:
    """An ONNX file as nested messages, every tensor of which holds the bytes that it declares.

    Raises:
        Malformed: it is none, or holds what the compiler never writes.
    """
    if data[4:8] == b"ORTM":
        raise Malformed("other-format", "it is in ONNX Runtime's own format")
    model = Reader(data, SHAPE, MOST_PIECES, DEEPEST).read("model")
    if "graph" not in model:
        raise Malformed("no-graph", "it holds no graph")
    return model


def sizes(tensor: Message) -> tuple[int, ...]:
    """Its dimensions.

    Raises:
        Malformed: what it declares is not what it holds.
    """
    dims = tuple(tensor.get("dims", np.empty(0, np.int64)).tolist())
    if len(dims) > 8 or any(size < 0 for size in dims):
        raise Malformed("tensor-shape", f"a tensor of shape {list(dims)[:9]}")
    declared = 1
    for size in dims:
        declared *= size
    texts, (start, stop) = tensor.get("string_data", []), tensor.get("raw_data", (0, 0))
    kind = tensor.get("data_type")
    if kind == STRING:
        fits = len(texts) == declared and start == stop
    elif kind in WIDTH:
        fits = stop - start == declared * WIDTH[kind] and not texts
    else:
        raise Malformed("tensor-type", f"a tensor of elements of type {kind}")
    if not fits:
        raise Malformed("tensor-size", f"a tensor of shape {list(dims)} does not hold as many numbers")
    return dims


def numbers(data: bytes, tensor: Message) -> Any:
    """Its elements, flat; texts have none."""
    start, stop = tensor.get("raw_data", (0, 0))
    kinds = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}
    return np.frombuffer(data[start:stop], kinds[tensor["data_type"]])


def signed(value: int) -> int:
    """A whole number as it was before it was written as 64 bits without a sign."""
    return int(struct.unpack("<q", struct.pack("<Q", value & (1 << 64) - 1))[0])
