"""Exercises made of pages: a function of the page is the reference, its signature and docstring what the reader gets."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ninefold.guide.page import Page
from ninefold.guide.said import Exercise as Told
from ninefold.practice.broken import replaced
from ninefold.practice.sandbox.exercise import Exercise

PAGES_OWN = ("marimo", "ninefold.guide")
"""What pages import to be pages."""


def exercise_of(page: Page, told: Told) -> Exercise:
    source, head = page.function(told.function), imports(page.setup)
    helpers = _functions(page, page.needs(told.function))
    needed = {name for check in told.checks for name in (*page.needs(check), check)}

    def file(function: str) -> str:
        return "\n\n\n".join([head, *helpers, function]) + "\n"

    return Exercise(
        function=told.function,
        told=told.told,
        begin=file(stub(source)),
        reference=file(source),
        checks="\n\n\n".join([head, *_functions(page, needed)]) + "\n",
        names=told.checks,
        wrong=tuple(file(replaced(source, [pair])) for pair in told.mutants),
    )


def imports(setup: str) -> str:
    """The imports of a page without those that make it one."""
    kept = [node for node in ast.parse(setup).body if not _is_pages_own(node)]
    return "\n".join(ast.get_source_segment(setup, node) or "" for node in kept)


def _is_pages_own(node: ast.stmt) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name == own or name.startswith(f"{own}.") for name in names for own in PAGES_OWN)


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
