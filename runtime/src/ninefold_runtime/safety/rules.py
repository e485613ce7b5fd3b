"""What each operator makes of its inputs: dimensions, bytes of an element, and whole numbers where they steer others.

All are upper bounds, but whole numbers that are exact. The number of dimensions is never a bound: rules that cannot
tell it refuse. Source: the operators' specifications, https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ninefold_runtime.safety import layers
from ninefold_runtime.safety.onnx import STRING, WIDTH
from ninefold_runtime.safety.protobuf import Malformed
from ninefold_runtime.safety.trees import checked_trees
from ninefold_runtime.safety.values import NUMBER, TEXT, TOKENS, Call, Dims, Value, constant, place


def _cell(values: Sequence[Value]) -> int:
    return max((value.cell for value in values), default=NUMBER)


def _together(values: Sequence[Value]) -> Dims:
    """The shape that shapes broadcast to."""
    rank = max((len(value.dims) for value in values), default=0)
    padded = [(1,) * (rank - len(value.dims)) + value.dims for value in values]
    return tuple(map(max, *padded)) if len(padded) > 1 else tuple(*padded)


def _same(call: Call) -> list[Value]:
    """As the first input; what `Identity` and `Slice` say of whole numbers is not more than they were given."""
    first = call.value(0)
    kept = first.whole if call.step.name == "Identity" else None
    return [Value(first.dims, _cell(call.all()), kept, first.exact and kept is not None)]


def _mark(call: Call) -> list[Value]:
    return [Value(_together(call.all()))]


def _broadcast(call: Call) -> list[Value]:
    return [Value(_together(call.all()), _cell(call.all()))]


def _add(call: Call) -> list[Value]:
    """Sums of sizes, a number or as many on each side, are followed."""
    left, right, made = call.value(0), call.value(1), _broadcast(call)[0]
    if left.whole is None or right.whole is None or len(left.whole) != len(right.whole) or len(made.dims) > 1:
        return [made]
    whole = tuple(a + b for a, b in zip(left.whole, right.whole, strict=True))
    return [Value(made.dims, made.cell, whole, left.exact and right.exact)]


def _where(call: Call) -> list[Value]:
    return [Value(_together(call.all()), _cell([call.value(1), call.value(2)]))]


def _join(call: Call) -> list[Value]:
    return [Value(_together(call.all()), sum(value.cell for value in call.all()))]


def _cast(call: Call) -> list[Value]:
    first = call.value(0)
    if call.number("to", 0) == STRING:
        return [Value(first.dims, max(first.cell, TEXT + TEXT))]
    return [Value(first.dims, WIDTH.get(call.number("to", 0), NUMBER))]


def _constant(call: Call) -> list[Value]:
    return [constant(call.data, call.step.attributes["value"])] if "value" in call.step.attributes else []


def _concat(call: Call) -> list[Value]:
    every, first = call.all(), call.value(0)
    axis = call.axis(first)
    if any(len(value.dims) != len(first.dims) for value in every):
        raise Malformed("tensor-shape", "Concat of different numbers of dimensions")
    dims = list(_together(every))
    dims[axis] = sum(value.dims[axis] for value in every)
    known = [value.whole for value in every]
    parts = [part for part in known if part is not None]
    whole = tuple(n for part in parts for n in part) if len(parts) == len(known) and len(dims) == 1 else None
    return [Value(tuple(dims), _cell(every), whole, whole is not None and all(value.exact for value in every))]


def _expand(call: Call) -> list[Value]:
    first, shape = call.value(0), call.whole(1, exact=False)
    if any(size < 0 for size in shape):
        raise Malformed("tensor-shape", "Expand to a negative size")
    return [Value(_together([first, Value(shape)]), first.cell)]


def _gather(call: Call) -> list[Value]:
    first, at = call.value(0), call.value(1)
    axis = call.axis(first)
    dims = first.dims[:axis] + at.dims + first.dims[axis + 1 :]
    picked: Dims | None = None
    if first.whole is not None and at.whole is not None and at.exact and len(first.dims) == 1:
        size = len(first.whole)
        picked = tuple(first.whole[place(i, size)] for i in at.whole)
    return [Value(dims, first.cell, picked, picked is not None and first.exact)]


def _matmul(call: Call) -> list[Value]:
    left, right = call.value(0), call.value(1)
    if not left.dims or not right.dims:
        raise Malformed("tensor-shape", "MatMul of a single number")
    around = _together([Value(left.dims[:-2]), Value(right.dims[:-2])])
    return [Value((*around, *left.dims[-2:-1], *(right.dims[-1:] if len(right.dims) > 1 else ())))]


def _pad(call: Call) -> list[Value]:
    first, pads = call.value(0), call.whole(1)
    rank = len(first.dims)
    if len(pads) != 2 * rank or len(call.inputs) > 3:
        raise Malformed("tensor-shape", "Pad of other axes")
    dims = tuple(size + max(pads[i], 0) + max(pads[i + rank], 0) for i, size in enumerate(first.dims))
    return [Value(dims, _cell(call.all()))]


def _axes(call: Call, rank: int) -> set[int]:
    return {place(axis, rank) for axis in call.whole(1)}


def _reduce(call: Call) -> list[Value]:
    first, keep = call.value(0), call.number("keepdims", 1)
    axes = _axes(call, len(first.dims)) if len(call.inputs) > 1 else set()
    if not axes and not call.number("noop_with_empty_axes", 0):
        axes = set(range(len(first.dims)))
    return [Value(tuple(1 if i in axes else n for i, n in enumerate(first.dims) if keep or i not in axes))]


def _best(call: Call) -> list[Value]:
    first, keep = call.value(0), call.number("keepdims", 1)
    axis = call.axis(first)
    return [Value(tuple(1 if i == axis else n for i, n in enumerate(first.dims) if keep or i != axis))]


def _top(call: Call) -> list[Value]:
    first = call.value(0)
    axis = call.axis(first, -1)
    steer = call.value(1)
    most = steer.whole[0] if steer.whole else first.dims[axis]
    made = Value(tuple(max(0, min(n, most)) if i == axis else n for i, n in enumerate(first.dims)))
    return [made, made]


def _reshape(call: Call) -> list[Value]:
    """Explicit sizes are as they say, and the rest is what is left: it holds as much as it did."""
    first, shape = call.value(0), call.whole(1)
    if call.number("allowzero", 0) or sum(size == -1 for size in shape) > 1 or any(size < -1 for size in shape):
        raise Malformed("tensor-shape", f"Reshape to {list(shape)[:9]}")
    copied = {i for i, size in enumerate(shape) if size == 0}
    if any(i >= len(first.dims) for i in copied):
        raise Malformed("tensor-shape", "Reshape copies a dimension that is not there")
    rest = prod(size for i, size in enumerate(first.dims) if i not in copied) // prod(n for n in shape if n > 0)
    dims = tuple(first.dims[i] if size == 0 else rest if size == -1 else size for i, size in enumerate(shape))
    if prod(dims) > prod(first.dims):
        raise Malformed("tensor-shape", "Reshape to more than there is")
    return [Value(dims, first.cell, first.whole, first.exact)]


def _shape(call: Call) -> list[Value]:
    dims = call.value(0).dims
    part = dims[slice(call.number("start", 0), call.step.attributes.get("end"))]
    return [Value((len(part),), whole=part)]


def _squeeze(call: Call) -> list[Value]:
    """Without axes only of a single whole number that is followed: how many sides are 1 is not known of all else."""
    first = call.value(0)
    alone = len(call.inputs) < 2 and first.whole is not None and len(first.whole) == 1
    axes = set(range(len(first.dims))) if alone else _axes(call, len(first.dims))
    return [Value(tuple(n for i, n in enumerate(first.dims) if i not in axes), first.cell, first.whole, first.exact)]


def _unsqueeze(call: Call) -> list[Value]:
    first = call.value(0)
    rank = len(first.dims) + len(call.whole(1))
    axes, left = _axes(call, rank), iter(first.dims)
    if len(axes) + len(first.dims) != rank:
        raise Malformed("axis", "Unsqueeze names an axis twice")
    return [Value(tuple(1 if i in axes else next(left) for i in range(rank)), first.cell, first.whole, first.exact)]


def _transpose(call: Call) -> list[Value]:
    first = call.value(0)
    order = [int(i) for i in call.step.attributes.get("perm", range(len(first.dims))[::-1])]
    if sorted(order) != list(range(len(first.dims))):
        raise Malformed("axis", "Transpose to no order of the axes")
    return [Value(tuple(first.dims[i] for i in order), first.cell)]


def _encode(call: Call) -> list[Value]:
    held = call.step.attributes
    values = [constant(call.data, held[name]) for name in ("values_tensor", "default_tensor") if name in held]
    if "values_tensor" not in held:
        raise Malformed("attribute", "LabelEncoder without values")
    texts = TEXT + len(held.get("default_string", b"")) if values[0].cell > NUMBER else NUMBER
    return [Value(call.value(0).dims, max(_cell(values), texts))]


def _tf_idf(call: Call) -> list[Value]:
    places = call.step.attributes.get("ngram_indexes", ())
    size = 1 + max((int(place) for place in places), default=-1)
    if size <= 0 or any(place < 0 for place in places):
        raise Malformed("tensor-shape", "TfIdfVectorizer without places")
    if (call.number("max_gram_length", 0), call.number("max_skip_count", -1)) != (1, 0):
        raise Malformed("attribute", "TfIdfVectorizer of more than single words")
    return [Value((*call.value(0).dims[:-1], size))]


def _trees(call: Call) -> list[Value]:
    first = call.value(0)
    if len(first.dims) != 2:
        raise Malformed("tensor-shape", "trees ask a table")
    checked_trees(call.data, call.step.attributes, first.dims[1])
    return [Value((first.dims[0], call.number("n_targets", 0)))]


def _tokens(call: Call) -> list[Value]:
    first = call.value(0)
    return [Value((*first.dims, TOKENS), first.cell)]


def _range(call: Call) -> list[Value]:
    (start,), (limit,), (step,) = call.whole(0), call.whole(1, exact=False), call.whole(2)
    if step < 1:
        raise Malformed("tensor-shape", "Range that does not rise")
    return [Value((max(0, -(-(limit - start) // step)),))]


def _flatten(call: Call) -> list[Value]:
    first, axis = call.value(0), call.number("axis", 1)
    axis = axis if axis == len(first.dims) else place(axis, len(first.dims))
    return [Value((prod(first.dims[:axis]), prod(first.dims[axis:])), first.cell)]


RULES: dict[str, Callable[[Call], list[Value]]] = {
    "add": _add,
    "best": _best,
    "broadcast": _broadcast,
    "cast": _cast,
    "concat": _concat,
    "conv": layers.conv,
    "constant": _constant,
    "encode": _encode,
    "expand": _expand,
    "flatten": _flatten,
    "gather": _gather,
    "join": _join,
    "mark": _mark,
    "matmul": _matmul,
    "norm": layers.norm,
    "pad": _pad,
    "pool": layers.pool,
    "quantise": layers.quantise,
    "range": _range,
    "recurrent": layers.recurrent,
    "reduce": _reduce,
    "reshape": _reshape,
    "same": _same,
    "shape": _shape,
    "squeeze": _squeeze,
    "tf_idf": _tf_idf,
    "tokens": _tokens,
    "top_k": _top,
    "transpose": _transpose,
    "trees": _trees,
    "unsqueeze": _unsqueeze,
    "where": _where,
}
"""How large outputs are, by the name of the rule that `operators` gives."""
