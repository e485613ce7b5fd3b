"""What is known of a value before a graph runs: dimensions, bytes of an element, and whole numbers that steer others.

All are upper bounds, but whole numbers that are exact. The number of dimensions is never a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from ninefold_runtime.safety.admitted import Step
from ninefold_runtime.safety.onnx import STRING, WIDTH, numbers, sizes
from ninefold_runtime.safety.protobuf import Malformed, Message

Dims = tuple[int, ...]
NUMBER, TEXT = 8, 32
"""Bytes of a number, at most, and of a text beside its characters."""
TOKENS, CHARACTERS = 256, 256
"""Words or characters of a cell, and bytes of a cell, as the bounds assume. They depend on rows, not on the file."""
MOST_WHOLE = 64
"""Whole numbers that are followed as a shape."""


@dataclass(frozen=True, slots=True)
class Value:
    """``whole``: the whole numbers in it, where they are known; unless ``exact`` they are upper bounds."""

    dims: Dims
    cell: int = NUMBER
    whole: Dims | None = None
    exact: bool = False

    @property
    def bytes(self) -> int:
        return prod(self.dims) * self.cell


@dataclass(frozen=True, slots=True)
class Call:
    """What a rule sees of a node."""

    data: bytes
    step: Step
    inputs: list[Value | None]

    def value(self, i: int) -> Value:
        found = self.inputs[i] if i < len(self.inputs) else None
        if found is None:
            raise Malformed("inputs", f"{self.step.name} lacks an input")
        return found

    def whole(self, i: int, exact: bool = True) -> Dims:
        """The whole numbers that steer the operator.

        Raises:
            Malformed: they are not known before the graph runs.
        """
        value = self.value(i)
        if value.whole is None or (exact and not value.exact):
            raise Malformed("growth-unproven", f"{self.step.name} makes as much as is only known when it runs")
        return value.whole

    def number(self, name: str, default: int) -> int:
        found: int = self.step.attributes.get(name, default)
        return found

    def axis(self, value: Value, default: int = 0) -> int:
        return place(self.number("axis", default), len(value.dims))

    def all(self) -> list[Value]:
        return [value for value in self.inputs if value is not None]


def constant(data: bytes, tensor: Message) -> Value:
    """A tensor of the file."""
    dims = sizes(tensor)
    if tensor["data_type"] == STRING:
        return Value(dims, TEXT + max(map(len, tensor.get("string_data", [])), default=0))
    short = tensor["data_type"] == 7 and len(dims) < 2 and prod(dims) <= MOST_WHOLE
    return Value(dims, WIDTH[tensor["data_type"]], tuple(numbers(data, tensor).tolist()) if short else None, short)


def place(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise Malformed("axis", f"there is no axis {axis} among {rank}")
    return axis % rank
