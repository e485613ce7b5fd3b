"""What might make a comparison unfair, or say less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.compare.contender import Contender
from ninefold.compare.seen import Seen
from ninefold.compare.speed import Heard
from ninefold.core.section import Finding, Level
from ninefold.core.words import counted

FEW = 100


def memories(contender: Contender, found: Seen | None, digest: str, data: str) -> Iterator[Finding]:
    """Whether it has learned from the rows it is judged on, as far as that is not settled by leaving rows out."""
    met = 0 if found is None else int(found.rows.sum())
    if found is None:
        yield _memory_of_a_bundle(contender.name, contender.source, digest, data)
    elif met and not found.certain:
        told = (
            f"{counted(met, 'row')} equal rows that {contender.name} learned from, as few different rows are possible"
        )
        action = "If they are the same rows, leave them out of the table: on them it remembers"
        yield Finding("may_remember", "warning", "Rows that may have been learned from", told, action)


def sealed_again(contenders: tuple[Contender, ...], digest: str, data: str) -> Iterator[Finding]:
    """That the rows are those on which runs were evaluated."""
    names = [contender.name for contender in contenders if contender.dataset and contender.source == digest]
    if names:
        told = f"{data} is the table of {' and '.join(names)}: only rows that were sealed there are judged on"
        action = "Who chooses among many models by these rows flatters the chosen one: confirm on new rows"
        yield Finding("sealed_again", "info", "Sealed rows are used again", told, action)


def _memory_of_a_bundle(name: str, source: str, digest: str, data: str) -> Finding:
    if source == digest:
        told = (
            f"{data} is the very table that {name} was made from, and its run is not at hand to tell which rows it saw"
        )
        action = "Give the run instead of the bundle, or rows that are new"
        return Finding("remembers", "serious", "It remembers these rows", told, action)
    told = f"its run is not at hand, so whether {name} has learned from these rows cannot be known"
    return Finding("memory_unknown", "info", "Memory cannot be ruled out", told, "Give the run instead of the bundle")


def gaps(contender: Contender, heard: Heard) -> Iterator[Finding]:
    """Columns that it was asked without, and values that it could not read."""
    for kind, code, level, title in _GAPS:
        names = tuple(note.column for note in heard.made.notes if note.kind == kind)
        if names:
            told = f"{contender.name}: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}, taken as missing"
            yield Finding(code, level, title, told, _COMPLETE, names)


_GAPS: tuple[tuple[str, str, Level, str], ...] = (
    ("missing column", "missing_columns", "serious", "Asked without columns"),
    ("unreadable value", "unreadable_values", "warning", "Values that cannot be read"),
)
_COMPLETE = "Give a table with the columns of both"


def choices(a: Contender, b: Contender, metric: str) -> Iterator[Finding]:
    """Whether both were made for what they are compared by."""
    for contender in (a, b):
        if contender.metric and contender.metric != metric:
            told = f"{contender.name} was chosen by {contender.metric}, and is compared by {metric}"
            yield Finding(
                "other_metric", "info", "Chosen by another metric", told, f"Or say --metric {contender.metric}"
            )


def sizes(rows: int, units: int, group: str | None) -> Iterator[Finding]:
    """Whether there is enough to tell a difference by."""
    if units < FEW:
        told = counted(rows, "row") if group is None else f'{counted(units, "value")} of "{group}"'
        yield Finding(
            "few_rows", "warning", "Few rows", f"{told}: only large differences can be told", "Give more rows"
        )
