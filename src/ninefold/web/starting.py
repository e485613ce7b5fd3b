"""A table before its run: kept while its page is open, shown in part, and what a target would mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ninefold.core.errors import InputError, WishError
from ninefold.core.problem import Budget, Peek, Wishes
from ninefold.core.words import cell
from ninefold.runs import look, open_table, understand
from ninefold_runtime.photos import AT

if TYPE_CHECKING:
    from ninefold.flow import Source

HEAD = 8
_WHOLE = re.compile(r"[0-9]{1,18}")
MOST_SHOWN = 60
"""Columns of which the first rows are shown."""


@dataclass(frozen=True)
class First:
    """A look at a table: its peek, and the first rows of its first columns as text."""

    peek: Peek
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Meaning:
    """What a target would mean, or why it cannot be one."""

    sentence: str
    whys: tuple[str, ...] = ()
    refused: bool = False


def first(path: Path) -> First:
    """Raises:
    SourceError: when it is no table.
    """
    source = _source(path)
    frame = source.frame.head(HEAD)
    names = tuple(frame.columns[:MOST_SHOWN])
    rows = tuple(tuple(_text(value) for value in row) for row in frame.select(names).iter_rows())
    return First(look(source, Wishes()), names, rows)


def meaning(path: Path, wishes: Wishes) -> Meaning:
    """What a run would make of it.

    Raises:
        SourceError: when it is no table.
    """
    seen = look(_source(path), wishes)
    try:
        problem, section = understand(seen, wishes)
    except InputError as error:
        return Meaning(error.message, (error.hint,) if error.hint else (), refused=True)
    whys = (problem.task_why, problem.metric_why, problem.validation.why, *problem.notes)
    return Meaning(section.sentence, tuple(why for why in whys if why))


def wishes_in(form: Mapping[str, str], chosen: Mapping[str, Sequence[str]]) -> Wishes:
    """The start form as wishes; ``chosen`` holds the columns that were ticked.

    Raises:
        WishError: when the budget or a number is none.
    """
    return Wishes(
        target=form.get("target") or None,
        budget=Budget.of(form.get("budget") or "60s", _whole(form, "work") or None),
        seed=_whole(form, "seed"),
        metric=form.get("metric") or None,
        sensitive=tuple(chosen.get("sensitive", ())),
        drop=tuple(chosen.get("drop", ())),
    )


def _whole(form: Mapping[str, str], name: str) -> int:
    """A field's whole number; 0 where it is left empty."""
    sent = form.get(name, "").strip() or "0"
    if not _WHOLE.fullmatch(sent):
        hint = f"write the {name} in digits, at most 18 of them"
        raise WishError("NF-E397", f'"{sent[:40]}" is not a whole number', hint=hint, given=sent[:40])
    return int(sent)


def _source(path: Path) -> Source:
    status = path.stat()
    return _opened(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _opened(path: Path, _written: int, _size: int) -> Source:
    """A file that was written since is another one."""
    return open_table(path)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, str) and value.startswith(AT):
        return "/".join(Path(value).parts[-2:])
    return cell(value) if isinstance(value, (int, float)) or value is None else str(value)
