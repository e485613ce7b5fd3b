"""A graph is looked through before ONNX Runtime sees it: what it is made of, and what it can grow to."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.admitted import admitted
from ninefold_runtime.safety.growth import growth_of
from ninefold_runtime.safety.onnx import parsed
from ninefold_runtime.safety.protobuf import Malformed

MOST_ROWS = 512
"""Rows per call of a graph, unless they would take too much room."""
MOST_MADE, MOST_WORK = 64 << 20, 1_000_000_000
"""What a graph may compute of a single row, in bytes and about nanoseconds; constants are computed as it loads."""
ROOM = 128 << 20
"""Bytes that a call may take at once, as far as fewer rows can help."""
_CODES = {
    "external-data": "NF-R120",
    "operator": "NF-R110",
    "attribute": "NF-R110",
    "functions": "NF-R110",
    "opset": "NF-R110",
    "ir-version": "NF-R110",
    "nesting": "NF-R111",
    "too-many": "NF-R111",
    "text": "NF-R111",
    "tensor-size": "NF-R112",
    "tensor-type": "NF-R112",
    "tensor-shape": "NF-R112",
    "growth": "NF-R113",
    "growth-loop": "NF-R113",
    "growth-unproven": "NF-R113",
    "work": "NF-R113",
    "tree-lists": "NF-R114",
    "tree-range": "NF-R114",
    "tree-shape": "NF-R114",
    "tree-depth": "NF-R114",
}


@dataclass(frozen=True)
class Looked:
    """``rows``: how many the graph may be asked at once."""

    rows: int


def examine(graph: bytes, name: str = "model.onnx") -> Looked:
    """Look through an ONNX file.

    Raises:
        BundleError: NF-R107 it is no graph as the compiler writes them, R110 an operator that
            is not on the list, R111 too many or too deep, R112 tensors that are not what they declare, R113 it grows
            beyond bounds or beyond proof, R114 trees that are none, R120 it reads elsewhere. ``refused`` is a
            short name of the reason.
    """
    try:
        data = bytes(graph)
        tree = admitted(parsed(data))
        one, many = growth_of(data, tree, 1), growth_of(data, tree, MOST_ROWS)
        if one.made > MOST_MADE:
            raise Malformed("growth", f"it makes {one.made / 1e6:,.0f} MB of a single row")
        if one.work > MOST_WORK:
            raise Malformed("work", f"it works about {one.work / 1e9:,.0f} s on a single row")
    except Malformed as error:
        code = _CODES.get(error.name, "NF-R107")
        hint = "this is not a graph that Ninefold makes; do not use this file"
        raise BundleError(code, f"{name} is refused: {error}", hint=hint, refused=error.name) from error
    slope = max(1, (many.peak - one.peak) // (MOST_ROWS - 1))
    return Looked(max(1, min(MOST_ROWS, 1 + (ROOM - one.peak) // slope)))
