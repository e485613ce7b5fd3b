"""The runtime's list of operators is what the compiler writes, and cell by cell ones for learners of other packages:
nothing is missing, and nothing is there besides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from source_tree import modules

from ninefold_runtime.safety.operators import ELEMENTWISE, OPERATORS, Operator
from ninefold_runtime.safety.rules import RULES

DOORS = {"op": "", "ml": "ai.onnx.ml"}
"""What the modules of spox are called in `ninefold.forms.onnx`, by domain."""
SPELT = {
    "and_": "And",
    "or_": "Or",
    "not_": "Not",
    "isnan": "IsNaN",
    "matmul": "MatMul",
    "matmul_integer": "MatMulInteger",
    "const": "Constant",
} | {name.lower(): name for name in ("GRU", "LSTM", "RNN")}


def written(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Domain and name of each operator that a module writes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in DOORS:
            spelt = SPELT.get(node.attr) or "".join(part.capitalize() for part in node.attr.split("_"))
            yield DOORS[node.value.id], spelt
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "helper.make_node":
            domain = next(ast.literal_eval(more.value) for more in node.keywords if more.arg == "domain")
            yield domain, ast.literal_eval(node.args[0])


def test_the_list_is_what_the_compiler_writes() -> None:
    ours = {found for module in modules() if module.name.startswith("ninefold.") for found in written(module.tree)}
    others = {("", name) for name in ELEMENTWISE}
    assert not ours & others
    assert ours | others == {(domain, name) for domain, names in OPERATORS.items() for name in names}


def test_what_only_others_write_makes_no_more_than_it_is_given() -> None:
    assert {name: OPERATORS[""][name] for name in ELEMENTWISE} == dict.fromkeys(ELEMENTWISE, Operator("same"))


def test_the_search_finds_what_a_new_form_would_write() -> None:
    planted = 'y = op.reduce_log_sum(x)\nz = helper.make_node("Odd", [], [], domain="d")'
    assert set(written(ast.parse(planted))) == {("", "ReduceLogSum"), ("d", "Odd")}


def test_every_operator_has_a_rule_and_every_rule_an_operator() -> None:
    named = {operator.rule for operators in OPERATORS.values() for operator in operators.values()}
    assert named == {*RULES, "loop"}
