"""How large the outputs of the operators of networks can be; see `rules`.

What a window leaves of an image is smaller the larger the window is, so its size is read from the attribute, which
ONNX Runtime holds the weights to. Source: the operators' specifications, https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from math import prod

from ninefold_runtime.safety.protobuf import Malformed
from ninefold_runtime.safety.values import Call, Dims, Value

TOGETHER = 8
"""Products of single precision that a processor makes in the time of one step, at least."""


def conv(call: Call) -> list[Value]:
    first, weights = call.value(0), call.value(1)
    if len(weights.dims) != len(first.dims):
        raise Malformed("tensor-shape", "Conv with weights of another number of dimensions")
    return [Value((first.dims[0], weights.dims[0], *_windows(call)))]


def pool(call: Call) -> list[Value]:
    first = call.value(0)
    made = Value((*first.dims[:2], *_windows(call)))
    return [made, made]


def _windows(call: Call) -> Dims:
    """How many places a window takes along each side of an image."""
    sides = call.value(0).dims[2:]
    window, ends = _ints(call, "kernel_shape", ()), _ints(call, "pads", (0,) * 2 * len(sides))
    steps, gaps = (_ints(call, name, (1,) * len(sides)) for name in ("strides", "dilations"))
    if not sides or any(len(given) != len(sides) for given in (window, steps, gaps)) or len(ends) != 2 * len(sides):
        raise Malformed("tensor-shape", f"{call.step.name} whose window has another number of sides")
    if min(*window, *steps, *gaps) < 1 or min(ends) < 0:
        raise Malformed("tensor-shape", f"{call.step.name} with a window, a step or an edge below its least")
    rest = call.number("ceil_mode", 0)
    return tuple(
        max(0, (side + before + after - gap * (wide - 1) - 1 + (step - 1) * rest) // step + 1)
        for side, before, after, gap, wide, step in zip(
            sides, ends[: len(sides)], ends[len(sides) :], gaps, window, steps, strict=True
        )
    )


def _ints(call: Call, name: str, default: Dims) -> Dims:
    return tuple(int(n) for n in call.step.attributes.get(name, default))


def recurrent(call: Call) -> list[Value]:
    """All states [T, ways, N, H], and the last [ways, N, H] of them and of the cells."""
    first, width = call.value(0), call.number("hidden_size", 0)
    if len(first.dims) != 3 or width < 1 or call.number("layout", 0):
        raise Malformed("tensor-shape", f"{call.step.name} of no sequence, or that makes nothing")
    ways = 2 if call.step.attributes.get("direction") == b"bidirectional" else 1
    last = Value((ways, first.dims[1], width))
    return [Value((first.dims[0], *last.dims)), last, last]


def norm(call: Call) -> list[Value]:
    """As the input; and its means and spreads."""
    first = call.value(0)
    axis = call.axis(first, -1)
    each = Value((*first.dims[:axis], *(1 for _ in first.dims[axis:])))
    return [Value(first.dims), each, each]


def quantise(call: Call) -> list[Value]:
    """As many bytes as there are numbers: with one scale and one zero for all of them."""
    first, scale, zero = (call.value(i) for i in range(3))
    if scale.dims or zero.dims or call.number("block_size", 0) or call.number("output_dtype", 0):
        raise Malformed("tensor-shape", "QuantizeLinear with more than one scale, or to another type than its zero's")
    return [Value(first.dims, zero.cell)]


def products(call: Call, made: Value) -> int:
    """How many pairs of numbers a convolution or a recurrent step multiplies, by what is done at once."""
    first = call.value(0)
    if call.step.operator.rule == "conv":
        return prod(made.dims) * prod(call.value(1).dims[1:]) // TOGETHER
    return first.dims[0] * first.dims[1] * (prod(call.value(1).dims) + prod(call.value(2).dims)) // TOGETHER
