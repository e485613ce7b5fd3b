"""Looks through an ONNX file, before ONNX Runtime sees it, for tensors that would be read from other files.

External data lets a model name any file that the process may read, and paths have been a way out of the model's
folder more than once (CVE-2022-25882, CVE-2024-27318, CVE-2026-34446). Our graphs never use it. The file is a
protobuf message; this walks its nested messages without the onnx package. Field numbers are those of onnx.proto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ninefold_runtime.errors import BundleError

# message -> {field number: nested message that can hold a tensor}
_NESTED: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_DEEPEST = 64
# Trees keep long lists of numbers in attributes, one field each (7: float, 8: int64): passed over in one match.
_NUMBERS = re.compile(rb"(?:\x3d.{4}|\x40[\x80-\xff]{0,9}[\x00-\x7f])+", re.DOTALL)


def refuse_external_data(graph: bytes) -> None:
    """Raises BundleError (NF-R107) when a tensor of the graph lives elsewhere, or the file is no such message."""
    try:
        _walk(memoryview(graph), "model", 0)
    except (IndexError, ValueError) as error:
        raise BundleError("NF-R107", f"model.onnx is not an ONNX graph: {error}") from error


def _walk(data: memoryview, message: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    nested = _NESTED[message]
    for field, value in _fields(data, message == "attribute"):
        if field in nested and isinstance(value, memoryview):
            _walk(value, nested[field], depth + 1)
        elif message == "tensor" and (field == _EXTERNAL_DATA or (field == _DATA_LOCATION and value != 0)):
            hint = "a bundle's graph holds all of its own data; do not use this file"
            raise BundleError("NF-R107", "model.onnx wants to read another file (external data)", hint=hint)


def _fields(data: memoryview, numbers: bool) -> Iterator[tuple[int, int | memoryview]]:
    """Field numbers with their values: integers, or the bytes of what has a length. Fixed-width values give 0."""
    at = 0
    while at < len(data):
        run = _NUMBERS.match(data, at) if numbers else None
        if run:
            at = run.end()
            continue
        key, at = _varint(data, at)
        field, kind = key >> 3, key & 7
        value: int | memoryview = 0
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        elif kind in {1, 5}:
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(f"unknown wire type {kind}")
        if at > len(data):
            raise ValueError("it ends too early")
        yield field, value


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")
