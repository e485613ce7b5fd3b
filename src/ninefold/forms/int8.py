"""Whole numbers of 8 bits for weights: a quarter of the room, and, where products are made of them, less time.

Symmetric, with a scale for each output of a matrix or window (Krishnamoorthi 2018). Products take their numbers by a
fixed scale, not by one that is found as they come: so what is said of a row depends on that row alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ninefold.core.table import Array
from ninefold.core.workshop import INT8
from ninefold.forms.onnx import Var, block_input, compiled, const, op

WEIGHTS, PRODUCTS = INT8
FULL, CAREFUL, LEVELS = 127, 63, 255
"""The largest weight; the largest in products, as processors without VNNI add two of them in 16 bits (2 x 255 x 63
fits); and the largest number that meets it there."""
SMALL = 1e-30
"""The smallest step between numbers: they may all be nothing."""


def rounded(weights: Array, keep: tuple[int, ...], most: int = FULL) -> tuple[Array, Array]:
    """Whole numbers (int8) and what they are multiplied by (float32) to be the weights again, to half a step; each of
    the axes ``keep`` has scales of its own."""
    others = tuple(axis for axis in range(weights.ndim) if axis not in keep)
    step = np.abs(weights).max(axis=others, keepdims=True).astype(np.float32) / most
    step = np.where(step > 0, step, np.float32(1))
    return np.clip(np.round(weights / step), -most, most).astype(np.int8), step


def weight_nodes(weights: Array, keep: tuple[int, ...], element: type[np.generic] = np.float32) -> Var:
    """The weights, which ONNX Runtime computes once, as it loads the graph."""
    whole, step = rounded(weights, keep)
    return op.mul(op.cast(const(whole, np.int8), to=element), const(step, element))


def product_nodes(x: Var, matrix: Array, low: float, high: float) -> Var:
    """``x`` [..., D] float32, taken for the nearest of 256 levels from ``low`` to ``high``, times ``matrix``
    [D, units]."""
    low, high = min(low, 0.0), max(high, 0.0)
    step = np.float32(max((high - low) / LEVELS, SMALL))
    zero = const(np.round(-low / step), np.uint8)
    whole, scale = rounded(matrix, (1,), CAREFUL)
    sums = op.matmul_integer(op.quantize_linear(x, const(step, np.float32), zero), const(whole, np.int8), zero)
    return op.mul(op.cast(sums, to=np.float32), const(scale[0] * step, np.float32))


def int8_graphs(form: object, rows: Array) -> dict[str, bytes]:
    """Graphs from ``x`` [N, D] to ``y`` [N, K] of a form that can be written so (``int8``), by kind; ``rows`` of its
    view tell how large numbers are in it."""
    written: Callable[[Array], dict[str, Callable[[Var], Var]]] | None = getattr(form, "int8", None)
    made = {}
    for kind, graph in (written(rows) if written is not None else {}).items():
        x = block_input(rows.dtype.type, rows.shape[1])
        made[kind] = compiled({"x": x}, {"y": graph(x)})
    return made
