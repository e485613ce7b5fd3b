"""Exercises made of pages: a function of the page is the reference, its signature and docstring what the reader
gets."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ninefold.guide.page import Page
from ninefold.guide.said import Exercise as Told
from ninefold.practice.broken import replaced
from ninefold.practice.sandbox.exercise import Exercise

PAGES_OWN = ("import marimo as mo", "from ninefold.guide import show")
"""What pages import to be pages."""


def exercise_of(page: Page, told: Told) -> Exercise:
    source = page.function(told.function)
    helpers = _functions(page, page.needs(told.function))
    needed = _functions(page, {name for check in told.checks for name in (*page.needs(check), check)})
    head = imports(page.setup, [source, *helpers])

    def file(function: str) -> str:
        return "\n\n\n".join([head, *helpers, function]) + "\n"

    return Exercise(
        function=told.function,
        told=told.told,
        begin=file(stub(source)),
        reference=file(source),
        checks="\n\n\n".join([imports(page.setup, needed), *needed]) + "\n",
        names=told.checks,
        wrong=tuple(file(replaced(source, [pair])) for pair in told.mutants),
    )


def imports(setup: str, sources: Sequence[str]) -> str:
    """The imports of a page that some of its sources use, without those that make it a page."""
    used = {node.id for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    kept = [node for node in ast.parse(setup).body if used & _brings(node)]
    return "\n".join(ast.get_source_segment(setup, node) or "" for node in kept)


def _brings(node: ast.stmt) -> set[str]:
    """The names that an import binds."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or ast.unparse(node) in PAGES_OWN:
        return set()
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def stub(source: str) -> str:
    """A function's signature and docstring, with a body that says that it is still to be written."""
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    first = node.body[0]
    is_told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    last = first.end_lineno if is_told else first.lineno - 1
    return "\n".join([*source.splitlines()[:last], "    raise NotImplementedError"])


def _functions(page: Page, names: Iterable[str]) -> list[str]:
    """Sources, in the order of the page."""
    chosen = set(names)
    return [cell.code for cell in page.cells if cell.is_function and cell.name in chosen]
