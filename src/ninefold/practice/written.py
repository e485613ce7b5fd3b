"""Exercises made of pages: a function of the page is the reference, its signature and docstring what the reader
gets."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ninefold.guide.page import Page
from ninefold.guide.said import Exercise as Told
from ninefold.practice.broken import replaced
from ninefold.practice.sandbox.exercise import Exercise


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
    """The imports of a page, as far as some of its sources use the names: what makes it a page is left out."""
    used = {node.id for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    kept = [_only(used, node) for node in ast.parse(setup).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(ast.unparse(node) for node in kept if node.names)


def _only(used: set[str], node: ast.Import | ast.ImportFrom) -> ast.Import | ast.ImportFrom:
    names = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in used]
    return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)


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
