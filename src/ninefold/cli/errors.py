"""The way out: every error becomes a few lines on stderr (or one JSON object on stdout) and an exit code.

0 done · 1 the check says no · 2 your input · 3 our bug · 130 stopped by a second Ctrl-C
"""

from __future__ import annotations

import errno
import json
import re
import shlex
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, cast

import typer
from typer.exceptions import TyperException

from ninefold.core.disk import refusal
from ninefold.core.errors import NinefoldError, RunError
from ninefold_runtime.errors import BundleFault

USAGE, BUG, REFUSED = "NF-E390", "NF-E999", "NF-E590"
FOREIGN = {errno.EACCES, errno.EPERM}


class Stopped(RunError):
    """A second Ctrl-C: nothing was bundled, and the run can be taken up again."""

    exit_code = 130

    @classmethod
    def at(cls, run: str | None) -> Stopped:
        hint = f"go on where it stopped: ninefold run --resume {shlex.quote(run)}" if run else ""
        return cls(REFUSED, "stopped before a model was bundled", hint=hint)


class NotWritten(RunError):
    """The disk refused: full, read-only, or not this user's."""

    @classmethod
    def of(cls, error: OSError, run: str | None = None) -> NotWritten:
        resume = f"go on where it stopped: ninefold run --resume {shlex.quote(run or '')}"
        place = resume if run else "choose another folder with --runs"
        message = f"{error.filename or 'the disk'}: {error.strerror}"
        return cls("NF-E508", message, hint=f"make room, or let it be written to; then {place}")


def unwritable(error: BaseException) -> OSError | None:
    """A failure of writing that the user can mend; None where it is of another kind."""
    if isinstance(error, OSError) and error.errno in FOREIGN:
        return error
    return refusal(error)


class Door:
    """Around the whole command: ``with Door(arguments): app()``. Whatever is raised inside leaves as an exit code."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if error is None or isinstance(error, SystemExit):
            return False
        told, code = self._told(error)
        if "--traceback" in self._arguments:
            traceback.print_exception(error)
        if {"--json", "--jsonl"} & set(self._arguments):
            _write_json(told)
        else:
            _write_lines(told, self._arguments)
        raise SystemExit(code) from None

    def _told(self, error: BaseException) -> tuple[dict[str, Any], int]:
        if isinstance(error, (NinefoldError, BundleFault)):
            return error.as_dict(), error.exit_code
        if isinstance(error, TyperException):
            hint = "ninefold --help lists the commands, ninefold COMMAND --help their options"
            return {"code": USAGE, "message": error.format_message(), "hint": hint}, 2
        if isinstance(error, (typer.Abort, KeyboardInterrupt)):
            return Stopped(REFUSED, "stopped").as_dict(), Stopped.exit_code
        refused = unwritable(error)
        if refused is not None:
            return NotWritten.of(refused).as_dict(), NotWritten.exit_code
        return _bug(error), 3


def _bug(error: BaseException) -> dict[str, Any]:
    message = f"{type(error).__name__}: {error}"
    name = _written_down(error)
    told = name or "what --traceback shows"
    hint = f"this is a fault of Ninefold; please report it with {told} and the output of: ninefold doctor"
    return {"code": BUG, "message": message, "hint": hint, "crash_file": name}


def _written_down(error: BaseException) -> str | None:
    """The file that the traceback is kept in; None where there is no room for it."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="ninefold-crash-", suffix=".txt", delete=False) as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return file.name


def _write_json(told: Mapping[str, Any]) -> None:
    from ninefold.cli.terminal import write_line

    write_line(json.dumps({"error": told}, default=str))


def _write_lines(told: Mapping[str, Any], arguments: Sequence[str]) -> None:
    from ninefold.cli.terminal import remarks, words

    console = remarks()
    console.print(words(("error: ", "bold red"), str(told["message"]), (f"  [{told['code']}]", "dim")), soft_wrap=True)
    for line in pointed(told, arguments):
        console.print(words(line), soft_wrap=True)
    if told.get("columns"):
        console.print(words("  columns: ", ", ".join(map(str, cast("Sequence[object]", told["columns"])))))
    if told.get("hint"):
        console.print(words(("hint: ", "bold cyan"), str(told["hint"])), soft_wrap=True)


def pointed(told: Mapping[str, Any], arguments: Sequence[str]) -> Iterator[str]:
    """The offending argument with its option, underlined; nothing where the error is not about one argument."""
    place = _place(told, arguments)
    if place is None:
        return
    index, word = place
    before = arguments[index - 1] + " " if index and arguments[index - 1].startswith("--") else ""
    shown = before + arguments[index]
    start = shown.index(word, len(before))
    suggestions = cast("Sequence[str]", told.get("suggestions") or ())
    meant = f' did you mean "{suggestions[0]}"?' if suggestions else ""
    yield f"  {shown}"
    yield f"  {' ' * start}{'~' * len(word)}{meant}"


def _place(told: Mapping[str, Any], arguments: Sequence[str]) -> tuple[int, str] | None:
    """Where the given word stands: the error names it, or quotes it in its message."""
    quoted = re.findall(r'"([^"]+)"', str(told["message"]))
    for word in [str(told["given"])] if told.get("given") else quoted:
        for index, argument in enumerate(arguments):
            if word in (argument, *re.split("[=,]", argument)):
                return index, word
    return None
