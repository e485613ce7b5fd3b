"""Pages from templates. What users wrote is escaped by the templates; only charts and bars are markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from ninefold import __version__
from ninefold.core.words import ago, cell, counted, size
from ninefold.guide.looks import OWN as GUIDE
from ninefold.guide.markdown import html, inline
from ninefold.report.environment import environment

OWN = Path(__file__).parent / "templates"
SIGNS = {"serious": "✗", "warning": "!", "info": "i", "good": "✓"}
LONGEST = 120
"""Letters of a cell that a page shows."""


@cache
def templates() -> jinja2.Environment:
    made = environment(OWN, GUIDE)
    made.filters |= {"ago": ago, "cell": cell, "counted": counted, "size": size}
    made.filters |= {"bar": bar, "cut": cut, "sentence": sentence, "markdown": html, "inline": inline}
    made.globals |= {"version": __version__, "signs": SIGNS}
    return made


def page(name: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    return HTMLResponse(templates().get_template(name).render(**context), status)


def problem(status: int, title: str, told: str, hint: str = "", code: str = "") -> Response:
    """A page that says what went wrong in plain words."""
    return page("problem.html", status, title=title, told=told, hint=hint, code=code)


@cache
def stylesheet() -> str:
    """The report's palette and shapes, and what the app adds."""
    return templates().get_template("app.css").render()


def cut(text: object, longest: int = LONGEST) -> str:
    shown = str(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def sentence(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def bar(share: float, low: float = 0.0, colour: int = 1) -> Markup:
    """A bar from ``low`` to ``share``, both of 0 to 1, drawn without a style of its own, as the policy wants it."""
    start, end = (100 * min(max(x, 0.0), 1.0) for x in sorted((low, share)))
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/><rect class="c{}" x="{:.2f}" width="{:.2f}" height="10"/></svg>'
    ).format(colour, start, max(end - start, 0.4))
