"""Counterfactuals: what would have to be otherwise in this row for the graph to say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold_runtime.errors import ExplainError, nearest
from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.counterfactual import (
    Counterfactual as Found,
)
from ninefold_runtime.explain.counterfactual import (
    Counterfactuals,
    Short,
    counterfactuals,
    decided,
    foremost,
    within,
)
from ninefold_runtime.explain.explanation import Account, Cell, Explanation, Listing
from ninefold_runtime.explain.rows import quantiles


@dataclass(frozen=True)
class Counterfactual:
    """Rows near this one of which the graph says something else (`ninefold_runtime.explain.counterfactual`)."""

    title: ClassVar[str] = "What would have to be otherwise"
    to: str = ""
    """The class to reach; the likeliest of the others if empty. Of values: the output to move, the first if empty."""
    low: float | None = None
    """The least value to reach, of values; the median of the background if neither end is given."""
    high: float | None = None
    fixed: tuple[str, ...] = ()
    """Columns that cannot be changed."""
    count: int = 3
    changes: int = 3
    """Columns that may be changed at most."""
    most: int = 5_000
    """Rows that the graph is asked about."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Explain a table of one row; nothing is random.

        Raises:
            ExplainError: NF-R412 when there is no such output or column.
        """
        _check(self.to, asked.outputs, "output")
        for name in self.fixed:
            _check(name, asked.schema.names, "column")
        said = asked.ask(row)[0]
        output, goal, short = self._goal(asked, row, said)
        found = counterfactuals(
            asked, row, short, fixed=self.fixed, count=self.count, changes=self.changes, most=self.most
        )
        base = asked.background.weights @ asked.ask(asked.background.columns)
        pairs = zip(asked.outputs, base.tolist(), said.tolist(), strict=True)
        accounts = tuple(Account(output, typical, value) for output, typical, value in pairs)
        listing = Listing(f"Changes after which {goal}", _HEADINGS, tuple(_rows(asked, row, output, found)))
        return Explanation(
            "counterfactual", scale_of(asked.schema.target), accounts, tuple(_notes(goal, found)), (listing,)
        )

    def _goal(self, asked: Asked, row: Arrays, said: Array) -> tuple[int, str, Short]:
        """What is to be reached: the output, and what it must be, in words and as a distance."""
        target = asked.schema.target
        if target.classes and target.task != "anomaly":
            label = self.to or _other(asked, row, said)
            output = asked.outputs.index(label)
            short = foremost(asked, output) if asked.decide is None else decided(asked, asked.decide, output)
            return output, f"the model says {label}", short
        output = asked.outputs.index(self.to) if self.to else 0
        low, high = self.low, self.high
        if low is None and high is None:
            low, high = _middle(asked, output, float(said[output]))
        told = [f"{word} {_number(end)}" for word, end in (("at least", low), ("at most", high)) if end is not None]
        short = within(asked, output, -np.inf if low is None else low, np.inf if high is None else high)
        return output, f"{asked.outputs[output]} is {' and '.join(told)}", short


_HEADINGS = ("", "column", "is", "would be", "then", "distance", "from nearest example")


def _other(asked: Asked, row: Arrays, said: Array) -> str:
    """The likeliest class that is not what is decided."""
    now = asked.outputs[int(said.argmax())] if asked.decide is None else asked.decide(row)[0]
    ranked: list[int] = np.argsort(-said, kind="stable").tolist()
    return next(asked.outputs[k] for k in ranked if asked.outputs[k] != now)


def _middle(asked: Asked, output: int, value: float) -> tuple[float | None, float | None]:
    """Across the median of what is said of the background."""
    answers = asked.ask(asked.background.columns)[:, output]
    median = float(quantiles(answers, asked.background.weights, np.array([0.5]))[0])
    return (median, None) if value < median else (None, median)


def _check(name: str, known: tuple[str, ...], what: str) -> None:
    if name and name not in known:
        close = nearest(name, known)
        hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(known)}"
        raise ExplainError("NF-R412", f'there is no {what} "{name}"', hint=hint, given=name, suggestions=close)


def _rows(asked: Asked, row: Arrays, output: int, found: Counterfactuals) -> Iterator[tuple[Cell, ...]]:
    columns = {column.name: column for column in asked.schema.columns}
    for number, each in enumerate(found.found, 1):
        for place, name in enumerate(each.changed):
            old, new = (cell(columns[name], rows[name][0]) for rows in (row, each.row))
            of_row = (_said(asked, each, output), each.distance, each.unusual) if not place else ("", "", "")
            yield ("" if place else f"{number}.", name, old, new, *of_row)


def _said(asked: Asked, each: Found, output: int) -> str:
    said = float(each.said[output])
    return f"{said:.0%}" if asked.schema.target.classes else _number(said)


def _number(value: float) -> str:
    return f"{value:.4g}"


def _notes(goal: str, found: Counterfactuals) -> Iterator[str]:
    if found.already:
        yield f"It is so already: {goal}."
        return
    if not found.found:
        yield f"None found after which {goal}; rows asked about: {found.rows_asked:,}."
        return
    yield (
        f"Each was verified by the graph ({found.rows_asked:,} rows asked about), and stays within the values that "
        "training met. Fewest changes first, then nearest (0 to 1)."
    )
    yield "This is about the model: that changing the world so would change the outcome does not follow."
