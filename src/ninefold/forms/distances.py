"""Distances between rows and what a form remembers, summed column after column: in the graph as in NumPy.

Sums of differences, never |x|^2 - 2xy + |y|^2, whose rounding would make a row differ from itself. Both ways add in
the same order, so that they agree to the last bit and a tie in one is a tie in the other.
"""

from __future__ import annotations

from warnings import catch_warnings, filterwarnings

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


def squares(x: Array, rows: Array) -> Array:
    """[N, D] and [M, D] to squared euclidean distances [N, M]."""
    total = np.zeros((len(x), len(rows)))
    for column in range(rows.shape[1]):
        gap = x[:, [column]] - rows[:, column]
        total += gap * gap
    return total


def distance_graph(x: Var, known: Array, power: int = 2) -> Var:
    """Sums of absolute differences to this power, 1 to 3, as nodes, [N, M]. A Loop runs over the columns."""
    rows, size = const(known.T), const([-1, len(known)], np.int64)
    shape = op.concat([op.shape(x, start=0, end=1), const([len(known)], np.int64)], axis=0)

    def add(column: Var, going: Var, so_far: Var) -> list[Var]:
        gap = op.abs(op.sub(op.gather(x, column, axis=1), op.gather(rows, column, axis=0)))
        powers = [gap, op.mul(gap, gap), op.mul(op.mul(gap, gap), gap)]
        return [going, op.add(so_far, powers[power - 1])]

    with catch_warnings():
        # ONNX infers no shape for what a loop carries; the reshape below says it.
        filterwarnings("ignore", "Output type for variable v_final")
        start = op.reshape(op.expand(const(0.0), shape), size)
        (total,) = op.loop(const(known.shape[1], np.int64), v_initial=[start], body=add)
    return op.reshape(total, size)
