"""The source tree as the architecture tests see it: modules, and every import with where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {"ninefold": ROOT / "src" / "ninefold", "ninefold_runtime": ROOT / "runtime" / "src" / "ninefold_runtime"}
STAGES = ("problem", "collect", "prepare", "features", "select", "train", "evaluate", "deploy", "monitor")


@dataclass(frozen=True)
class Import:
    """``name`` as written, dotted. ``late``: inside a function. ``typing``: under ``if TYPE_CHECKING``."""

    name: str
    late: bool = False
    typing: bool = False


@dataclass(frozen=True)
class Module:
    name: str
    path: Path

    @property
    def room(self) -> str:
        """``ninefold.report.charts`` lies in ``report``; a module beside the rooms is its own room."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    @property
    def imports(self) -> list[Import]:
        return list(_imports(self.tree, late=False, typing=False))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def modules(distribution: str | None = None) -> tuple[Module, ...]:
    """Every module of one distribution, or of both."""
    chosen = SOURCES if distribution is None else {distribution: SOURCES[distribution]}
    return tuple(
        Module(_dotted(name, path.relative_to(folder)), path)
        for name, folder in chosen.items()
        for path in sorted(folder.rglob("*.py"))
    )


def _dotted(distribution: str, relative: Path) -> str:
    parts = [distribution, *relative.with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(node: ast.AST, *, late: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, late, typing) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"relative import on line {child.lineno}: write it in full"
            yield from (Import(f"{child.module}.{alias.name}", late, typing) for alias in child.names)
        else:
            inside = late or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            hints = typing or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING")
            yield from _imports(child, late=inside, typing=hints)
