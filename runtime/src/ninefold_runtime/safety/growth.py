"""How large can what a graph computes become, and how much work is it? Proven from the file, nothing is run.

ONNX Runtime computes whatever hangs on constants alone while it loads a graph: a file of a hundred bytes can ask for
gigabytes before any row is seen. So every operator of the list has a rule that bounds the size of its outputs by that
of its inputs, and shapes that are computed in the graph are followed. What no rule can bound is refused. Numbers are
upper bounds: a dimension is at most so large, an element takes at most so many bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import prod

from ninefold_runtime.safety.admitted import Graph, Step
from ninefold_runtime.safety.layers import products
from ninefold_runtime.safety.onnx import STRING
from ninefold_runtime.safety.protobuf import Malformed, Message
from ninefold_runtime.safety.rules import RULES
from ninefold_runtime.safety.values import CHARACTERS, NUMBER, TEXT, Call, Value

MOST_DIMS, BEYOND = 8, 1 << 40
"""Dimensions and bytes of a value, whatever its use."""
_CALL = 1000
"""Work of a node beside its numbers; 1 is about a nanosecond."""


@dataclass(slots=True)
class Growth:
    """``made``: bytes of all that is computed. ``peak``: bytes there at once. ``work``: about nanoseconds.
    ``values`` by name, without those inside loops."""

    made: int = 0
    peak: int = 0
    work: int = 0
    values: dict[bytes, Value] = field(default_factory=dict)


def growth_of(data: bytes, graph: Graph, rows: int) -> Growth:
    """Bounds for a call with that many rows.

    Raises:
        Malformed: a size cannot be bounded, or names, shapes or trees are not as they must be.
    """
    growth = Growth()
    known = {value.get("name", b""): _input(value, rows) for value in graph.inputs}
    if len(known) < len(graph.inputs):
        raise Malformed("twice", "two inputs have one name")
    growth.values = _Walk(data, growth).graph(graph, known)
    return growth


def _input(value: Message, rows: int) -> Value:
    kind = value.get("type", {}).get("tensor_type", {})
    if "shape" not in kind:
        raise Malformed("input-shape", "an input has no shape")
    cell = TEXT + CHARACTERS if kind.get("elem_type") == STRING else NUMBER
    return Value(tuple(dim.get("dim_value", rows) for dim in kind["shape"].get("dim", [])), cell)


class _Walk:
    """Follows the steps of a graph in order, as a run does."""

    def __init__(self, data: bytes, growth: Growth) -> None:
        self._data = data
        self._growth = growth

    def graph(self, graph: Graph, known: dict[bytes, Value]) -> dict[bytes, Value]:
        """All values by name; ``known`` are those from outside, and may not be made again."""
        growth, live = self._growth, 0
        last = {name: i for i, step in enumerate(graph.steps) for name in step.inputs}
        own: dict[bytes, int] = {}
        for i, step in enumerate(graph.steps):
            made = self._outputs(step, known)
            names = [name for name in step.outputs if name]
            if len(set(names)) < len(names) or any(name in known for name in names):
                raise Malformed("twice", f"a value of {step.name} is made twice")
            for name, value in zip(step.outputs, made, strict=False):
                known[name] = value
                if step.operator.rule != "constant":
                    own[name] = value.bytes
                    live += value.bytes
                    growth.made += value.bytes
            growth.peak = max(growth.peak, live)
            live -= sum(own.pop(name, 0) for name in set(step.inputs) if last[name] == i)
        if missing := [name for name in graph.outputs if name not in known]:
            raise Malformed("unknown-name", f"nothing makes the output {missing[0][:80]!r}")
        return known

    def _outputs(self, step: Step, known: dict[bytes, Value]) -> list[Value]:
        try:
            inputs = [known[name] if name else None for name in step.inputs]
        except KeyError as error:
            raise Malformed("unknown-name", f"{step.name} reads what nothing before it makes") from error
        call = Call(self._data, step, inputs)
        if step.operator.rule == "loop":
            return self._loop(call, known)
        made = RULES[step.operator.rule](call)
        if len(step.outputs) > len(made):
            raise Malformed("outputs", f"{step.name} has too many outputs")
        if any(len(value.dims) > MOST_DIMS for value in made):
            raise Malformed("tensor-shape", f"{step.name} makes more than {MOST_DIMS} dimensions")
        if any(value.bytes > BEYOND for value in made):  # at once: sizes that are squared again and again have no end
            raise Malformed("growth", f"{step.name} makes more than {BEYOND >> 30} GB")
        self._growth.work += _CALL + _work(call, made)
        return made

    def _loop(self, call: Call, known: dict[bytes, Value]) -> list[Value]:
        """A body that runs a known number of times and never makes more than it was given."""
        times, body = call.whole(0), call.step.attributes.get("body")
        carried = [_carried(call.value(i)) for i in range(2, len(call.inputs))]
        if not isinstance(body, Graph) or not len(body.inputs) - 2 == len(body.outputs) - 1 == len(carried):
            raise Malformed("loop", "a loop collects what its turns make")
        if len(times) != 1:
            raise Malformed("loop", "a loop counts in more than one number")
        begins = [*(_turn(value) for value in body.inputs[:2]), *carried]
        names = [value.get("name", b"") for value in body.inputs]
        if len(set(names)) < len(names) or any(name in known for name in names):
            raise Malformed("twice", "the body of a loop names what is there already")
        before = self._growth.work
        ends = self.graph(body, known | dict(zip(names, begins, strict=True)))
        for name, value in zip(body.outputs[1:], carried, strict=True):
            if not _fits(ends[name], value):
                raise Malformed("growth-loop", "a loop makes more with every turn")
        self._growth.work = before + max(times[0], 0) * (self._growth.work - before)
        return carried


def _carried(value: Value) -> Value:
    """What goes into the first turn; most rules know of a number that it has at most so many bytes, and no fewer."""
    return replace(value, cell=max(value.cell, NUMBER), whole=None, exact=False)


def _turn(value: Message) -> Value:
    """The number of the turn, or whether to go on: one element, as it is declared."""
    if value.get("type", {}).get("tensor_type", {}).get("shape", {}).get("dim", []) in ([], [{"dim_value": 1}]):
        return Value((1,) if value["type"]["tensor_type"].get("shape", {}).get("dim") else ())
    raise Malformed("loop", "a loop counts in more than one number")


def _fits(value: Value, within: Value) -> bool:
    same = len(value.dims) == len(within.dims)
    return same and value.cell <= within.cell and all(a <= b for a, b in zip(value.dims, within.dims, strict=True))


def _work(call: Call, made: Sequence[Value]) -> int:
    if call.step.operator.rule == "matmul":
        return prod(made[0].dims) * (call.value(0).dims or (1,))[-1]
    if call.step.operator.rule in {"conv", "recurrent"}:
        return products(call, made[0])
    if call.step.operator.rule == "pool":
        return prod(made[0].dims) * prod(int(n) for n in call.step.attributes["kernel_shape"])
    if call.step.operator.rule == "trees":
        return call.value(0).dims[0] * len(call.step.attributes.get("nodes_featureids", ()))
    return sum(prod(value.dims) * max(value.cell, NUMBER) for value in (*call.all(), *made)) // NUMBER
