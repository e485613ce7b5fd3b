"""The data sheet of a run's table: what it is made of, how it came here, and what only its owner can tell.

Headings after Gebru et al. 2021, "Datasheets for Datasets". It holds counts and column names, no value of a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from ninefold.core import book, markdown
from ninefold.core.errors import RunError
from ninefold.core.markdown import NOT_MEASURED, OWNER, code, listed, named, plain
from ninefold.core.problem import Problem
from ninefold.core.recipe import Preparation
from ninefold.core.table import Dataset
from ninefold.core.words import counted

NAME = "datasheet.md"
MOST_COLUMNS = 300
"""Columns that are listed; a wider table's others are counted."""


def datasheet(folder: Path) -> str | None:
    """The sheet of a run folder as Markdown; None where the run has not come to its third chapter."""
    with suppress(RunError):
        problem, dataset = book.read_noun(folder, 1, Problem), book.read_noun(folder, 2, Dataset)
        return sheet(problem, dataset, book.read_noun(folder, 3, Preparation))
    return None


def sheet(problem: Problem, dataset: Dataset, preparation: Preparation) -> str:
    """The sheet as Markdown."""
    name = PurePath(dataset.origin).name
    parts = {
        "Motivation": (f"For what purpose, by whom, and with whose money the data were made: {OWNER}",),
        "Composition": _composition(problem, dataset),
        "Collection process": _collection(dataset),
        "Preprocessing, cleaning, labelling": _preprocessing(dataset, preparation),
        "Uses": _uses(problem),
        "Distribution": (f"Whether, how and under which licence the data are given to others: {OWNER}",),
        "Maintenance": (
            f"Who keeps the data, corrects errors and answers questions: {OWNER}",
            named("Versions", f"These data have the SHA-256 `{dataset.digest}`; another version has another one."),
        ),
    }
    return markdown.page(f"Data sheet: {plain(name)}", parts)


def _composition(problem: Problem, dataset: Dataset) -> Iterable[str]:
    rows = dataset.train_rows + dataset.sealed.rows + dataset.beyond
    target = f"besides {code(problem.target)}, which is to be predicted" if problem.target else "and no target"
    yield f"{counted(rows, 'row')} with {counted(len(dataset.columns), 'column')} {target}."
    if problem.classes and problem.counts:
        yield _classes(problem)
    yield from _columns(dataset)
    yield named("Errors, noise and repeats", *_errors(dataset))
    yield named("People", *_people(problem))
    yield named("Relations between rows", _relations(problem))
    yield named("Self-contained", f"Whether values point to something outside, such as addresses of files: {OWNER}")


def _classes(problem: Problem) -> str:
    total = sum(problem.counts)
    pairs = zip(problem.classes, problem.counts, strict=True)
    return markdown.table(
        ("class", "rows", "share"), ((plain(label), f"{count:,}", f"{count / total:.1%}") for label, count in pairs)
    )


def _columns(dataset: Dataset) -> Iterable[str]:
    shown = dataset.columns[:MOST_COLUMNS]
    yield markdown.table(
        ("column", "kind", "without a value", "different values"),
        ((plain(each.name), each.kind, f"{each.missing:.1%}", f"{each.distinct:,}") for each in shown),
    )
    if len(shown) < len(dataset.columns):
        yield f"… and {counted(len(dataset.columns) - len(shown), 'more column')}."


def _errors(dataset: Dataset) -> Iterable[str]:
    if dataset.unreadable:
        counts = ", ".join(f"{code(name)} {count:,}" for name, count in dataset.unreadable.items())
        yield f"Values that cannot be read as their column's kind: {counts}."
    yield f"Errors of measurement and of labels: {NOT_MEASURED}"


def _people(problem: Problem) -> Iterable[str]:
    if problem.sensitive:
        yield f"Named as sensitive: {', '.join(map(code, problem.sensitive))}."
    else:
        yield "No column was named as sensitive."
    yield f"Whether rows are about people, whether these can be recognised, and whether they agreed: {OWNER}"


def _relations(problem: Problem) -> str:
    known = [f"rows with the same {code(problem.group)} belong together" if problem.group else ""]
    known += [f"{code(problem.time)} puts them in order of time" if problem.time else ""]
    told = " and ".join(filter(None, known))
    return (
        f"{told[:1].upper()}{told[1:]}."
        if told
        else f"No column was named that tells which rows belong together. {OWNER}"
    )


def _collection(dataset: Dataset) -> Iterable[str]:
    yield f"Read from {code(PurePath(dataset.origin).name)}."
    yield listed(f"{plain(note[:1].upper() + note[1:])}." for note in dataset.notes)
    yield named("Mechanism, sampling, time and consent", OWNER)


def _preprocessing(dataset: Dataset, preparation: Preparation) -> Iterable[str]:
    yield "The source was not changed. For this run:"
    done = [f"{dataset.sealed.rows:,} rows were sealed ({plain(dataset.sealing)})"]
    done += [f"{count:,} rows were left out: {plain(why)}" for why, count in dataset.dropped_rows.items()]
    done += [f"{dataset.beyond:,} rows were not learned from, as the budget could do with fewer"] * bool(dataset.beyond)
    done += [f"column {code(name)} was refused: {plain(why)}" for name, why in dataset.refused.items()]
    done += [f"column {code(each.column)} was left out: {plain(each.why)}" for each in preparation.left_out]
    done += [f"{preparation.duplicates:,} rows repeat another row exactly; they were kept"] * bool(
        preparation.duplicates
    )
    yield listed(f"{each}." for each in done)
    yield named("Before", f"What had been done to the data before they came here: {OWNER}")


def _uses(problem: Problem) -> Iterable[str]:
    what = f"to predict {code(problem.target)}" if problem.target else f"to find {problem.sought}"
    yield f"Used here {what} ({problem.task})."
    yield named("Other uses, and uses that are out of place", OWNER)
