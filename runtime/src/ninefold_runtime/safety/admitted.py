"""A parsed graph as steps, each an operator of the list with attributes of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold_runtime.safety.onnx import LONGEST, MOST_NODES, signed, sizes
from ninefold_runtime.safety.operators import (
    GRAPH,
    INT,
    INTS,
    IR,
    OPERATORS,
    TENSOR,
    TEXT,
    TEXTS,
    TYPE_OF,
    VERSIONS,
    Operator,
)
from ninefold_runtime.safety.protobuf import Malformed, Message

DEEPEST_GRAPH, MOST_LOOPS = 2, 100
"""The graph, and the bodies of its loops."""


@dataclass(frozen=True)
class Step:
    """A node. ``attributes`` by name: whole numbers, texts, tensors, lists of them, or the body of a loop."""

    name: str
    operator: Operator
    inputs: list[bytes]
    outputs: list[bytes]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Graph:
    inputs: list[Message]
    outputs: list[bytes]
    steps: list[Step]


def admitted(model: Message) -> Graph:
    """The graph of a model.

    Raises:
        Malformed: versions, operators or attributes are not on the list, or there are too many of them.
    """
    if (version := model.get("ir_version")) not in IR:
        raise Malformed("ir-version", f"its IR version {version} is not one of {IR.start} to {IR.stop - 1}")
    for opset in model.get("opset_import", []):
        domain = opset.get("domain", b"").decode("utf-8", "replace")
        if opset.get("version") not in VERSIONS.get(domain, ()):
            asked = f"{domain[:80] or 'ai.onnx'!r}, version {opset.get('version')}"
            raise Malformed("opset", f"it asks for operators of {asked}")
    return _Admission().graph(model["graph"], 1)


class _Admission:
    """Counts steps and loops over a graph and all that is inside."""

    def __init__(self) -> None:
        self._steps = self._graphs = 0

    def graph(self, graph: Message, depth: int) -> Graph:
        if depth > DEEPEST_GRAPH:
            raise Malformed("nesting", "it has loops inside loops")
        self._graphs += 1
        if self._graphs > 1 + MOST_LOOPS:
            raise Malformed("too-many", f"it has more than {MOST_LOOPS} loops")
        outputs = [value.get("name", b"") for value in graph.get("output", [])]
        steps = [self._step(node, depth) for node in graph.get("node", [])]
        return Graph(graph.get("input", []), outputs, steps)

    def _step(self, node: Message, depth: int) -> Step:
        self._steps += 1
        if self._steps > MOST_NODES:
            raise Malformed("too-many", f"it has more than {MOST_NODES} nodes")
        domain, name = (node.get(part, b"").decode("utf-8", "replace") for part in ("domain", "op_type"))
        operator = OPERATORS.get(domain, {}).get(name)
        if operator is None:
            asked = f"{name[:80]!r} of {domain[:80] or 'ai.onnx'!r}"
            raise Malformed("operator", f"it uses the operator {asked}, which ours never use")
        made: dict[str, Any] = {}
        for attribute in node.get("attribute", []):
            key = attribute.get("name", b"").decode("utf-8", "replace")
            if key in made:
                raise Malformed("twice", f"{name} has {key[:80]} twice")
            made[key] = self._value(attribute, name, key, operator, depth)
        return Step(name, operator, node.get("input", []), node.get("output", []), made)

    def _value(self, attribute: Message, name: str, key: str, operator: Operator, depth: int) -> Any:
        kind = operator.attributes.get(key)
        if kind is None:
            raise Malformed("attribute", f"{name} has an attribute {key[:80]!r}, which ours never has")
        if attribute.get("type") != TYPE_OF[kind] or attribute.keys() - {"name", "type", kind}:
            raise Malformed("attribute", f"{key} of {name} is of another type")
        value = attribute.get(kind, [] if kind in {INTS, TEXTS} else None)
        if value is None:
            raise Malformed("attribute", f"{key} of {name} has no value")
        if kind == INT:
            return signed(value)
        if kind == TENSOR:
            sizes(value)
        if kind == GRAPH:
            return self.graph(value, depth + 1)
        if kind in {TEXT, TEXTS}:
            _texts([value] if kind == TEXT else value, name, key, operator)
        return value


def _texts(values: list[bytes], name: str, key: str, operator: Operator) -> None:
    if any(len(value) > LONGEST for value in values):
        raise Malformed("text", f"{key} of {name} is a text of more than {LONGEST} bytes")
    if key in operator.texts and not operator.texts[key].issuperset(values):
        raise Malformed("attribute", f"{key} of {name} is none of those that ours have")
