"""Pieces of pages as HTML, from the templates of this room and the report's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from ninefold.guide.markdown import html, inline
from ninefold.report.environment import environment

OWN = Path(__file__).parent / "templates"
MOST_ROWS = 1_000
"""Rows of the table below a chart; pages keep theirs shorter."""


@cache
def templates() -> jinja2.Environment:
    made = environment(OWN)
    made.filters |= {"markdown": html, "inline": inline}
    made.globals["most"] = MOST_ROWS
    return made


def piece(kind: str, said: object) -> Markup:
    """What the macro of this kind makes of it."""
    macro = getattr(templates().get_template("said.html").module, kind)
    return Markup(macro(said))  # noqa: S704 - the template escapes


def alone(made: Markup) -> str:
    """A piece with its stylesheet, for a page that is not ours."""
    return templates().get_template("alone.html").render(made=made)
