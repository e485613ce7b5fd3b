"""An exercise in the terminal: the reader's editor, the checks, and what they say."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from ninefold.cli.terminal import plain, words
from ninefold.cli.typed import typed
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.sandbox.verdict import Checked, Verdict
from ninefold.practice.schedule import AGAIN, GOOD, HARD


def write_and_check(console: Console, path: Path, exercise: Exercise) -> int:
    """Let the reader write until the checks pass: good at once, hard later, again where the answer was asked for.
    What was written stays in ``path`` until it passes.

    Raises:
        Leave, Skip: when the reader wants to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(exercise.begin, "utf-8")
    tries = 0
    while True:
        said = _said(console, path)
        if said == "a":
            console.print(
                Syntax(exercise.reference, "python", theme="ansi_dark", background_color="default", word_wrap=True)
            )
            return AGAIN
        answer = _read(console, Path(said).expanduser() if said else path)
        if answer is None:
            continue
        tries += 1
        with console.status("holding it against the checks"):
            verdict = examine(exercise, answer)
        for line in lines(verdict):
            console.print(line, soft_wrap=True)
        if verdict.passed:
            path.unlink(missing_ok=True)
            return GOOD if tries == 1 else HARD


def _said(console: Console, path: Path) -> str:
    """Edit the file where there is an editor; then what the reader types."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    console.print(words(("your file  ", "dim"), (str(path), "cyan")), soft_wrap=True)
    others = "another path · a answer · s skip · q end > "
    if not editor:
        return typed(console, f"write it, then Enter · {others}")
    said = typed(console, f"Enter edits and checks · c checks · {others}")
    if not said:
        _edit(console, editor, path)
    return "" if said == "c" else said


def _edit(console: Console, editor: str, path: Path) -> None:
    try:
        subprocess.run([*shlex.split(editor), str(path)], check=False)
    except (OSError, ValueError) as error:
        console.print(words(f"the editor did not start: {error}"), soft_wrap=True)


def _read(console: Console, path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        console.print(words(f"{path} cannot be read: {error}"), soft_wrap=True)
        return None


def lines(verdict: Verdict) -> Iterator[Text]:
    """A verdict, check by check."""
    for check in verdict.checks:
        sign = ("✓ ", "green") if check.passed else ("✗ ", "red")
        yield words(sign, check.title, *([] if check.passed else [f": {check.why}"]))
        yield from _where(check)
    left = verdict.asked - len(verdict.checks)
    if left and not verdict.passed:
        yield plain(f"  {left} more not asked", "dim")
    if verdict.printed.strip():
        yield plain("printed:", "dim")
        yield from (plain(f"  {line}", "dim") for line in verdict.printed.strip().splitlines()[:20])
    if verdict.network == "blocked":
        yield plain("this system grants no process without a network; Python's connections were refused", "dim")


def _where(check: Checked) -> Iterator[Text]:
    if check.line:
        yield words((f"  line {check.line}: ", "dim"), check.code)
    if check.hint:
        yield words(("  hint: ", "bold cyan"), check.hint)
