"""A page as it is written: its number, its cells with their code, and the functions that an exercise needs."""

from __future__ import annotations

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec

from ninefold.core.errors import WishError
from ninefold.core.questions import guided
from ninefold.guide.questions import QUESTIONS

NAME = re.compile(r"q(\d\d)_[a-z0-9_]+")


class Written(msgspec.Struct, frozen=True):
    """``code`` as the reader is to see it: the body of a cell, or a function whole."""

    name: str
    code: str
    hidden: bool
    is_function: bool

    @property
    def is_test(self) -> bool:
        return self.name.startswith("test_")


class Cell(Written, frozen=True):
    """``gives``: the names it returns."""

    gives: tuple[str, ...]


class Page(msgspec.Struct, frozen=True):
    number: int
    name: str
    """Of the file, without its ending."""
    path: Path
    source: str
    setup: str
    """What the setup cell does: imports."""
    cells: tuple[Cell, ...]

    @property
    def question(self) -> str:
        return QUESTIONS[self.number]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()

    def function(self, name: str) -> str:
        """The source of one of the page's functions, decorator left out.

        Raises:
            KeyError: when the page has no such function.
        """
        return {cell.name: cell.code for cell in self.cells if cell.is_function}[name]

    def needs(self, name: str) -> tuple[str, ...]:
        """The other functions of the page that this one calls, directly or not, in the order of the page."""
        known = [cell.name for cell in self.cells if cell.is_function]
        found, waiting = set[str](), [name]
        while waiting:
            used = {node.id for node in ast.walk(ast.parse(self.function(waiting.pop()))) if isinstance(node, ast.Name)}
            fresh = (used & set(known)) - found - {name}
            found |= fresh
            waiting += fresh
        return tuple(other for other in known if other in found)


@cache
def pages() -> dict[int, Page]:
    """Every page by the number of its question, in their order."""
    return {page.number: page for page in map(read, guided().values())}


def page_of(number: int) -> Page:
    """
    Raises:
        WishError: when there is no page of this number.
    """
    found = pages().get(number)
    if found is None:
        known = ", ".join(map(str, pages()))
        raise WishError("NF-E327", f"the guide has no page {number}", hint=f"pages: {known}", given=str(number))
    return found


def read(path: Path) -> Page:
    """
    Raises:
        ValueError: when the name is not of the form ``q04_name.py``.
    """
    named = NAME.fullmatch(path.stem)
    if named is None:
        raise ValueError(f"{path}: the file of a page is named q04_name.py")
    source = path.read_text("utf-8")
    tree = ast.parse(source, str(path))
    cells = tuple(_cell(node, source) for node in tree.body if isinstance(node, ast.FunctionDef) and _kind(node))
    setup = next((_body(node.body, source) for node in tree.body if isinstance(node, ast.With)), "")
    return Page(int(named[1]), path.stem, path, source, setup, cells)


def _kind(node: ast.FunctionDef) -> str:
    """``app.cell`` or ``app.function``; nothing for a plain function."""
    names = [ast.unparse(decorator).split("(", maxsplit=1)[0] for decorator in node.decorator_list]
    return next((name for name in names if name in ("app.cell", "app.function")), "")


def _cell(node: ast.FunctionDef, source: str) -> Cell:
    hidden = any("hide_code=True" in ast.unparse(decorator) for decorator in node.decorator_list)
    if _kind(node) == "app.function":
        return Cell(node.name, ast.get_source_segment(source, node) or "", hidden, True, (node.name,))
    last = node.body[-1]
    ends = isinstance(last, ast.Return)
    gives = _names(last.value) if isinstance(last, ast.Return) and last.value is not None else ()
    return Cell(node.name, _body(node.body[:-1] if ends else node.body, source), hidden, False, gives)


def _names(value: ast.expr) -> tuple[str, ...]:
    return tuple(node.id for node in ast.walk(value) if isinstance(node, ast.Name))


def _body(statements: list[ast.stmt], source: str) -> str:
    """The statements as they are written, one level of indentation less; comments before the first of them as well."""
    if not statements:
        return ""
    rows = source.splitlines()
    first, last = statements[0].lineno - 1, statements[-1].end_lineno
    while rows[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join(row.removeprefix("    ") for row in rows[first:last])
