"""A page of the guide in the terminal; on one that can be typed in, the reader predicts before looking."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from ninefold.cli.tables import grid, of_bars, of_table
from ninefold.cli.terminal import answers, plain, words
from ninefold.core.section import Figure, Series
from ninefold.core.words import cell, column
from ninefold.guide.formulas import spoken
from ninefold.guide.page import pages
from ninefold.guide.questions import QUESTIONS, STAGES
from ninefold.guide.running import Ran, Told
from ninefold.guide.said import Ask, Chart, Exercise, Grid, Printed, Prose, Reveal, Shown, Where

SPARKS = "▁▂▃▄▅▆▇█"
WIDE = 32
"""Characters of a line drawn in a line."""


def contents() -> RenderableType:
    """The questions by stage; those that have a page are bright."""
    known, blocks = pages(), list[RenderableType]()
    for number, (title, questions) in enumerate(STAGES, 1):
        blocks.append(words((f"{number} ", "dim"), (title, "bold")))
        blocks += [plain(f"  {each:>3}  {QUESTIONS[each]}", "" if each in known else "dim") for each in questions]
    blocks += [Text(), words("  next  ", ("ninefold guide 20", "bold"), "   in the browser: ", ("--open", "bold"))]
    return Group(*blocks)


def read_aloud(ran: Ran) -> None:
    """Print the page from top to bottom, asking where it asks."""
    console, guess = answers(), None
    for told in ran.cells:
        if told.is_test or told.name.startswith("check_"):
            continue
        if not told.hidden:
            console.print(Padding(_code(told), (0, 0, 1, 2)))
        if isinstance(told.said, Ask):
            guess = _guess(console, told.said)
        elif told.said is not None:
            console.print(Padding(shown(told.said, guess), (0, 0, 1, 0)))
    console.print(_next(ran))


def _code(told: Told) -> Syntax:
    return Syntax(told.code, "python", theme="ansi_dark", background_color="default", word_wrap=True)


def _guess(console: Console, ask: Ask) -> str | None:
    """The option that the reader types the number of; nothing where nobody can, or wants to."""
    console.print(words(("Predict before you look. ", "bold"), spoken(ask.question).replace("`", "")))
    for number, option in enumerate(ask.options, 1):
        console.print(words(f"  {number}  ", option))
    guess = None
    if sys.stdin.isatty() and sys.stdout.isatty():
        typed = console.input("> ").strip()
        guess = ask.options[int(typed) - 1] if typed.isdecimal() and 0 < int(typed) <= len(ask.options) else None
    console.print()
    return guess


def shown(said: Shown, guess: str | None) -> RenderableType:
    match said:
        case Chart(figure=figure):
            return _chart(figure)
        case Grid(table=table):
            return Group(plain(table.title, "bold"), of_table(table))
        case Reveal(truth=truth, text=text):
            sign = "" if guess is None else "✓ " if guess == truth else "✗ "
            return Group(words((f"{sign}{truth}", "bold")), Markdown(spoken(text)))
        case _:
            return _words(said)


def _words(said: Shown) -> RenderableType:
    match said:
        case Prose(text=text):
            return Markdown(spoken(text))
        case Printed(text=text):
            return plain(text)
        case Exercise(signature=signature, told=told):
            return words(("Write it yourself  ", "bold"), signature, f"\n  {' '.join(told.split())}")
        case Where(sources=sources, section=section):
            named = [*sources, *([f"the report's section “{section}”"] if section else [])]
            return words(("Ninefold does this in  ", "bold"), "\n  ".join(["", *named]))
    raise TypeError(said)


def _chart(figure: Figure) -> RenderableType:
    if figure.kind == "bars" and len(figure.series) == 1:
        return of_bars(figure)
    note = [plain(figure.note, "dim")] if figure.note else []
    if figure.kind in ("scatter", "strip"):
        counts = ", ".join(f"{len(series.y)} of {series.name}" for series in figure.series)
        return Group(plain(figure.title, "bold"), plain(f"  points: {counts} (--open draws them)", "dim"), *note)
    table = _lines(figure) if figure.kind == "lines" else _labelled(figure)
    return Group(plain(figure.title, "bold"), Padding(table, (0, 0, 0, 2)), *note)


def _lines(figure: Figure) -> RenderableType:
    rows = [(series.name, _sparks(series), *_ends(series)) for series in figure.series]
    return grid(("", figure.y_label, "first", "last"), rows, (False, False, True, True), None)


def _labelled(figure: Figure) -> RenderableType:
    """A row for each label, a column for each series."""
    labels = [x if isinstance(x, str) else cell(x) for x in figure.series[0].x]
    rows = list(zip(labels, *(column(series.y) for series in figure.series), strict=True))
    names = [series.name or figure.x_label for series in figure.series]
    return grid(("", *names), rows, (False, *(True for _ in names)), None)


def _sparks(series: Series) -> str:
    """The line as blocks of eight heights, from its lowest to its highest value."""
    values = [y for y in series.y if math.isfinite(y)]
    if not values:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    picked = [values[i * len(values) // min(WIDE, len(values))] for i in range(min(WIDE, len(values)))]
    return "".join(SPARKS[round((value - low) / span * (len(SPARKS) - 1))] for value in picked)


def _ends(series: Series) -> Iterable[str]:
    return (cell(float(series.y[0])), cell(float(series.y[-1])))


def _next(ran: Ran) -> Text:
    tests = sum(told.is_test for told in ran.cells)
    held = f"{tests} test{'' if tests == 1 else 's'} of its claims passed in this release"
    return words((held, "dim"), "\nnext  ", (f"ninefold guide {ran.number} --open", "bold"))
