"""Exercises made of the files of broken runs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.sandbox.limits import GB, MB, Limits

FAULTS = Path(__file__).parent / "faults"
LIMITS = Limits(wall=300.0, cpu=60, memory=16 * GB, file=64 * MB)
"""A run starts workers and libraries that reserve much more memory than they use."""


@dataclass(frozen=True)
class Broken:
    """``question`` is the one of the fifty that it belongs to."""

    name: str
    question: int
    title: str
    exercise: Exercise


@cache
def broken_runs() -> tuple[Broken, ...]:
    """All of them, by name."""
    return tuple(_read(path) for path in sorted(FAULTS.glob("[a-z]*.py")))


def _read(path: Path) -> Broken:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    told = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    own, checks = functions[0], tuple(node.name for node in functions[1:])
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.If)]
    head = "\n".join(source.splitlines()[imports[0].lineno - 1 : imports[-1].end_lineno])
    begin = f"{head}\n\n\n{ast.get_source_segment(source, own)}\n"
    story = " ".join((ast.get_docstring(tree) or "").split("\n")).replace("  ", "\n\n")
    exercise = Exercise(
        function=own.name,
        told=story,
        begin=begin,
        reference=replaced(begin, ast.literal_eval(told["FIX"])),
        checks=source,
        names=checks,
        wrong=tuple(replaced(begin, pairs) for pairs in ast.literal_eval(told["WRONG"])),
        limits=LIMITS,
    )
    return Broken(path.stem, ast.literal_eval(told["QUESTION"]), ast.literal_eval(told["TITLE"]), exercise)


def replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The text with each old text, which stands there once, replaced by the new one.

    Raises:
        ValueError: when one does not stand there exactly once.
    """
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the function, not once")
        text = text.replace(old, new)
    return text
