"""What pages show things with: ``from ninefold.guide import show``.

Each function gives one small value that shows itself.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ninefold.core.section import Cell, Figure, Series, Table
from ninefold.guide.said import Ask, Chart, Exercise, Grid, Reveal, Where

if TYPE_CHECKING:
    from marimo import ui

Numbers = Iterable[Any]
"""A list, a column or an array of numbers, of any library."""
MOST_POINTS = 100
"""Points of one line; longer ones are thinned evenly, the last point stays."""


def lines(
    title: str, series: Mapping[str, tuple[Numbers, Numbers]], *, x: str, y: str, note: str = "", diagonal: bool = False
) -> Chart:
    """Lines over a numeric axis: the name of each, its x and its y.

    ``title`` says what is seen; ``x`` and ``y`` name the axes.
    """
    drawn = tuple(Series(name, *_thinned(across, up)) for name, (across, up) in series.items())
    return Chart(Figure("lines", title, drawn, x, y, note, diagonal=diagonal))


def points(title: str, groups: Mapping[str, tuple[Numbers, Numbers]], *, x: str, y: str, note: str = "") -> Chart:
    """Points in the plane, a group of them for each name."""
    drawn = tuple(Series(name, _floats(across), _floats(up)) for name, (across, up) in groups.items())
    return Chart(Figure("scatter", title, drawn, x, y, note))


def bars(title: str, series: Mapping[str, Mapping[str, float]], *, x: str, note: str = "") -> Chart:
    """Horizontal bars: for each series, a value by label; all have the same labels. ``x`` names the values."""
    drawn = tuple(Series(name, tuple(values), _floats(values.values())) for name, values in series.items())
    if len({series.x for series in drawn}) != 1:
        raise ValueError("all series of bars need the same labels in the same order")
    return Chart(Figure("bars", title, drawn, x, note=note))


def intervals(title: str, values: Mapping[str, tuple[float, float, float]], *, x: str, note: str = "") -> Chart:
    """A dot and a line for each label: low, middle and high."""
    low, middle, high = (_floats(side) for side in zip(*values.values(), strict=True))
    return Chart(Figure("intervals", title, (Series("", tuple(values), middle, low, high),), x, note=note))


def table(title: str, rows: Iterable[Mapping[str, Cell]]) -> Grid:
    """One mapping for each row, of heading and value; all have the same headings. For polars: ``frame.to_dicts()``."""
    given = [dict(row) for row in rows]
    if len({tuple(row) for row in given}) != 1:
        raise ValueError("all rows of a table need the same headings, and there must be one")
    return Grid(Table(title, tuple(given[0]), tuple(tuple(map(_plain, row.values())) for row in given)))


def ask(question: str, options: Sequence[str]) -> Ask | ui.radio:
    """What will happen? In a live notebook a choice that cells react to, elsewhere a question without a choice."""
    import marimo

    if len(options) < 2 or len(set(options)) != len(options):
        raise ValueError("a prediction needs two or more options, each once")
    if marimo.running_in_notebook():
        return marimo.ui.radio(list(options), label=question)
    return Ask(question, tuple(options))


def reveal(guess: Ask | ui.radio, truth: str, text: str) -> Reveal:
    """What did happen: ``truth`` is one of the options, by computation; ``text`` (Markdown) says it with numbers.

    Raises:
        ValueError: when the truth is none of the options.
    """
    if truth not in tuple(guess.options):
        raise ValueError(f'"{truth}" is none of the options: {", ".join(guess.options)}')
    return Reveal(truth, inspect.cleandoc(text), guess.value)


def exercise(
    function: Callable[..., Any],
    *,
    checks: Sequence[Callable[..., None]],
    mutants: Sequence[tuple[str, str]],
) -> Exercise:
    """Have the reader write ``function`` of this page.

    Each of the checks takes a function and a NumPy ``Generator``, and asserts a property on random inputs; each mutant
    is an old and a new text in the function's source, after which a check must fail.
    """
    told = inspect.getdoc(function) or ""
    signature = f"{function.__name__}{inspect.signature(function)}"
    return Exercise(function.__name__, signature, told, tuple(check.__name__ for check in checks), tuple(mutants))


def where(sources: Sequence[str], section: str = "") -> Where:
    """Files of Ninefold's source that do it, from the root of the repository, and the title of a report's section."""
    return Where(tuple(sources), section)


def _thinned(x: Numbers, y: Numbers) -> tuple[tuple[float, ...], tuple[float, ...]]:
    across, up = _floats(x), _floats(y)
    if len(across) != len(up):
        raise ValueError(f"a line has {len(across)} x and {len(up)} y")
    step = math.ceil(len(across) / MOST_POINTS) or 1
    kept = sorted({*range(0, len(across), step), *range(len(across))[-1:]})
    return tuple(across[i] for i in kept), tuple(up[i] for i in kept)


def _floats(values: Numbers) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _plain(value: Any) -> Cell:
    """A number of NumPy as one of Python."""
    plain: Cell = value.item() if hasattr(value, "item") else value
    return plain
