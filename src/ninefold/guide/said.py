"""What the cells of a page say, as plain data: it is stored, sent, shown by any face, and compared in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ninefold.core.section import Figure, Table

if TYPE_CHECKING:
    from markupsafe import Markup


class Said(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Anything that a cell may show; ``kind`` names the class in JSON and the macro of ``said.html``."""

    def html(self) -> Markup:
        """A piece of a page, without its stylesheet."""
        from ninefold.guide.looks import piece

        return piece(type(self).__name__.lower(), self)

    def _repr_html_(self) -> str:
        """How marimo and Jupyter show it: the piece, and what gives it its looks."""
        from ninefold.guide.looks import alone

        return alone(self.html())


class Prose(Said, frozen=True):
    """Markdown, with formulas between dollars."""

    text: str


class Printed(Said, frozen=True):
    """Any other value: what ``repr`` gives."""

    text: str


class Chart(Said, frozen=True):
    figure: Figure


class Grid(Said, frozen=True):
    table: Table


class Ask(Said, frozen=True):
    """What will happen? The reader chooses before the experiment is shown; ``value`` is the choice made."""

    question: str
    options: tuple[str, ...]
    value: str | None = None


class Reveal(Said, frozen=True):
    """What did happen: one of the options, computed by the page, and why (Markdown)."""

    truth: str
    text: str
    guess: str | None = None


class Exercise(Said, frozen=True):
    """A function of the page that the reader writes. Its source, the checks' and the page's imports are the page's.

    Each mutant is a text of the source, which stands there once, and another one that makes the function wrong.
    """

    function: str
    signature: str
    told: str
    checks: tuple[str, ...]
    mutants: tuple[tuple[str, str], ...]


class Where(Said, frozen=True):
    """Where Ninefold does it: files of its source, and the section of a run's report that shows it."""

    sources: tuple[str, ...]
    section: str = ""


Shown = Prose | Printed | Chart | Grid | Ask | Reveal | Exercise | Where
