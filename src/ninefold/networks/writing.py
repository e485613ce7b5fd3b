"""How weights become nodes: as they are, or as whole numbers of 8 bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.int8 import product_nodes, weight_nodes
from ninefold.forms.onnx import Var, const, op

WIDE = 1 << 14
"""Weights of a matrix from which whole numbers may be multiplied in less time."""
Ranges = Mapping[str, tuple[float, float]]
"""By the name of a matrix, the lowest and the highest number that it is multiplied with."""


class Writing(Protocol):
    def weight(self, weights: Array, keep: tuple[int, ...]) -> Var:
        """Weights of two or more axes, float32; along the axes ``keep`` lie outputs."""
        ...

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        """``x`` [..., D] times the ``matrix`` [D, units] of that name."""
        ...


@dataclass(frozen=True)
class Plain:
    """Float32, as it was learned."""

    def weight(self, weights: Array, keep: tuple[int, ...]) -> Var:
        return const(weights, np.float32)

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        return op.matmul(x, const(np.ascontiguousarray(matrix), np.float32))


PLAIN = Plain()


@dataclass(frozen=True, eq=False)
class Noting(Plain):
    """The same, and keeps what wide matrices are multiplied with."""

    noted: dict[str, Var] = field(default_factory=dict)

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        if matrix.size >= WIDE:
            self.noted[name] = x
        return super().product(name, x, matrix)


@dataclass(frozen=True, eq=False)
class Whole:
    """Weights as int8. Where the ``ranges`` know what a matrix is multiplied with, so are products; elsewhere, as in
    windows and recurrent steps, whole numbers took longer than float32."""

    ranges: Ranges

    def weight(self, weights: Array, keep: tuple[int, ...]) -> Var:
        return weight_nodes(weights, keep)

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        if name in self.ranges:
            return product_nodes(x, matrix, *self.ranges[name])
        return op.matmul(x, weight_nodes(np.ascontiguousarray(matrix), (1,)))
