"""What might make a comparison unfair, or say less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.compare.contender import Contender
from ninefold.compare.seen import Seen
from ninefold.compare.speed import Heard
from ninefold.core.section import Finding
from ninefold.core.words import counted

FEW = 100


def memories(contender: Contender, found: Seen | None, digest: str, data: str) -> Iterator[Finding]:
    """Whether it has learned from the rows it is judged on."""
    name = contender.name
    if found is None:
        yield _memory_of_a_bundle(name, contender.source, digest, data)
        return
    met = int(found.rows.sum())
    if contender.source == digest:
        told = f"{data} is the table of {name}: it is judged on the rows that its run had sealed"
        action = (
            "A choice among many models by these rows makes the chosen one look better than it is; confirm on new rows"
        )
        yield Finding("NF002", "info", "Sealed rows are used again", told, action)
    elif met and not found.certain:
        told = f"{counted(met, 'row')} equal rows that {name} learned from, as few different rows are possible"
        action = "If they are the same rows, leave them out of the table: on them it remembers"
        yield Finding("NF003", "warning", "Rows that may have been learned from", told, action)


def _memory_of_a_bundle(name: str, source: str, digest: str, data: str) -> Finding:
    if source == digest:
        told = (
            f"{data} is the very table that {name} was made from, and its run is not at hand to tell which rows it saw"
        )
        action = "Give the run instead of the bundle, or rows that are new"
        return Finding("NF001", "serious", "It remembers these rows", told, action)
    told = f"its run is not at hand, so whether {name} has learned from these rows cannot be known"
    return Finding("NF004", "info", "Memory cannot be ruled out", told, "Give the run instead of the bundle")


def gaps(contender: Contender, heard: Heard) -> Iterator[Finding]:
    """Columns that it was asked without, and values that it could not read."""
    for kind, title in (
        ("missing column", "Asked without columns"),
        ("unreadable value", "Values that cannot be read"),
    ):
        names = tuple(note.column for note in heard.made.notes if note.kind == kind)
        if names:
            told = f"{contender.name}: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}, taken as missing"
            yield Finding("NF005", "serious" if kind == "missing column" else "warning", title, told, _COMPLETE, names)


_COMPLETE = "Give a table with the columns of both"


def choices(a: Contender, b: Contender, metric: str) -> Iterator[Finding]:
    """Whether both were made for what they are compared by."""
    for contender in (a, b):
        if contender.metric and contender.metric != metric:
            told = f"{contender.name} was chosen by {contender.metric}, and is compared by {metric}"
            yield Finding("NF006", "info", "Chosen by another metric", told, f"Or say --metric {contender.metric}")


def sizes(rows: int, units: int, group: str | None) -> Iterator[Finding]:
    """Whether there is enough to tell a difference by."""
    if units < FEW:
        told = counted(rows, "row") if group is None else f'{counted(units, "value")} of "{group}"'
        yield Finding("NF007", "warning", "Few rows", f"{told}: only large differences can be told", "Give more rows")
