"""What every layer promises, and what goes from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const
from ninefold.networks.writing import PLAIN, Writing

Dims = tuple[int, ...]
"""The shape of values without their first axis, the rows."""
Named = tuple[tuple[str, Array], ...]
"""Weights by the names that torch gives them, float32, in the order of the modules."""


@dataclass(frozen=True, eq=False)
class Flow:
    """What a layer takes and gives: torch tensors when it learns or predicts, ONNX variables when it is written.

    ``values`` is [N, D], [N, C, H, W] (images) or [N, T, C] (sequences; [N, T] int64 before an embedding). ``mask``
    [N, T] is True where a sequence has something; every row has something somewhere. ``memory`` [N, S, C] and
    ``memory_mask`` [N, S] are what cross-attention looks at.
    """

    values: Any
    mask: Any = None
    memory: Any = None
    memory_mask: Any = None

    def of(self, values: Any) -> Flow:
        """The same with other values; said outright, as ``replace`` takes longer than some layers."""
        return Flow(values, self.mask, self.memory, self.memory_mask)


@dataclass(frozen=True, eq=False)
class Weights:
    """The named weights below one layer, as arrays and as constants of the graph; each constant is written once."""

    arrays: Mapping[str, Array]
    prefix: str = ""
    how: Writing = PLAIN
    written: dict[str, Var] = field(default_factory=dict)

    def under(self, name: object) -> Weights:
        """Those of the part ``name`` of the layer."""
        return replace(self, prefix=f"{self.prefix}{name}.")

    def array(self, name: str) -> Array:
        return self.arrays[self.prefix + name]

    def has(self, name: str) -> bool:
        return self.prefix + name in self.arrays

    def var(self, name: str, outputs: int = 0) -> Var:
        """The weight as float32; along the axis ``outputs`` of several lie the outputs."""
        key = self.prefix + name
        if key not in self.written:
            array = self.array(name)
            self.written[key] = const(array, np.float32) if array.ndim < 2 else self.how.weight(array, (outputs,))
        return self.written[key]

    def product(self, x: Var, name: str, part: slice = slice(None)) -> Var:
        """``x`` [..., D] times the transpose of the weight [units, D], or of ``part`` of its units."""
        key = f"{self.prefix}{name}" + ("" if part == slice(None) else f"[{part.start}:{part.stop}]")
        return self.how.product(key, x, self.array(name)[part].T)

    def with_(self, **others: Array) -> Weights:
        """The same with some weights of this layer replaced or added."""
        changed = {self.prefix + name: array for name, array in others.items()}
        return Weights({**self.arrays, **changed}, self.prefix, self.how)


class Layer:
    """A part of `ninefold.networks.layers`: one file, one frozen dataclass of plain data, without weights.

    `forward` and `nodes` are the same function, once in torch and once in ONNX; tests hold them together. The defaults
    here are those of a layer that is one standard module of torch, keeps the shape and looks at no mask.
    """

    def shape(self, shape: Dims) -> Dims:
        """The shape [without N] of what it gives for that of what it takes; lengths may be 0: unknown."""
        return shape

    def module(self, shape: Dims) -> Any:
        """A new ``torch.nn.Module`` for values of that shape, its weights drawn from torch's generator."""
        raise NotImplementedError

    def forward(self, module: Any, flow: Flow) -> Flow:
        """What the layer does with its module."""
        return flow.of(module(flow.values))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        """The same as nodes, in float32, without what is done in training alone; lengths stay free."""
        raise NotImplementedError

    def absorbed(self, weights: Weights, scale: Array, shift: Array) -> Weights | None:
        """Weights with which the layer's outputs are times ``scale`` plus ``shift`` (one each per channel); None where
        no weights do that. Batch norm after the layer is folded into it so."""
        return None
