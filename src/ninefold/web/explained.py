"""Why the graph says so of a row: any method of the runtime, as rows of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core.section import Picture
from ninefold.core.words import cell, column
from ninefold.web.pictured import mapped
from ninefold.web.playing import Ready, Value
from ninefold_runtime.explain.asking import spoken_of
from ninefold_runtime.explain.explanation import Account, Cell, Contribution, Explanation, Listing
from ninefold_runtime.explain.finding import find, names
from ninefold_runtime.explain.question import Question, explained
from ninefold_runtime.explain.regions import ALONE, areas
from ninefold_runtime.intake import wired
from ninefold_runtime.schema import WORDED

MOST_COLUMNS = 12
FIRST = ("shap", "counterfactual")
"""Methods that are offered before the others."""


@dataclass(frozen=True)
class Part:
    """What one column adds, and how far ``around`` it the truth may lie where that was estimated. ``end`` is where its
    bar ends, from 0 to 1, the middle being nothing."""

    column: str
    cell: str
    amount: str
    around: str
    end: float


@dataclass(frozen=True)
class Why:
    """An explanation to show: the account of one output, largest parts first, and what else the method has to say."""

    title: str
    head: str
    parts: tuple[Part, ...]
    more: int
    tables: tuple[Listing, ...]
    notes: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()


def offered(loaded: Ready) -> list[tuple[str, str]]:
    """Names and titles of the methods there are for such a bundle: of answers in words, of images, of series, and where
    it has rows to compare with."""
    kinds = {column.kind for column in loaded.bundle.schema.columns}
    found = {*names()} - ALONE if loaded.bundle.background is not None else set()
    found |= {"occlusion"} if kinds & {"image", "series"} else set()
    found |= {"grad_cam"} if loaded.bundle.maps is not None else set()
    found |= {"words"} if loaded.bundle.schema.target.task in WORDED else set()
    known = sorted(found, key=lambda name: (name not in FIRST, name))
    return [(name, find(name).title) for name in known]


def why(loaded: Ready, row: Mapping[str, Value], method: str) -> Why:
    """Explain one row.

    Raises:
        ExplainError: where there is no such method, or it cannot speak of this row or bundle.
    """
    schema = loaded.bundle.schema
    arrays, _, _ = wired(schema, {name: [value] for name, value in row.items()})
    made = explained(loaded.asked, arrays, Question(method))[0]
    title = find(method).title
    if not made.accounts:
        return Why(title, "", (), 0, made.tables, made.notes)
    account = made.accounts[spoken_of(schema.target, np.array([account.value for account in made.accounts]))]
    ranked = sorted(account.contributions, key=lambda part: -abs(part.amount))
    largest = max((abs(part.amount) for part in ranked), default=0.0) or 1.0
    parts = tuple(
        Part(part.column, written(part.cell), _signed(part.amount), _around(part), 0.5 + part.amount / largest / 2)
        for part in ranked[:MOST_COLUMNS]
    )
    told = (*areas(made, account), *made.tables)
    maps = tuple(mapped(each, arrays[each.column][0]) for each in made.maps if each.output == account.output)
    return Why(title, _head(made, account), parts, max(len(ranked) - MOST_COLUMNS, 0), told, made.notes, maps)


def written(value: Cell) -> str:
    return "missing" if value is None else cell(value)


def _signed(amount: float) -> str:
    return ("+" if amount > 0 else "") + cell(float(amount))


def _around(part: Contribution) -> str:
    """With as many places as the amount has that stands before it."""
    if part.low is None or part.high is None:
        return ""
    return f"± {column([float(part.amount), (part.high - part.low) / 2])[1]}"


def _head(made: Explanation, account: Account) -> str:
    base, value = cell(float(account.base)), cell(float(account.value))
    return f"{made.scale} of {account.output}: {value}, of {made.against} {base}"
