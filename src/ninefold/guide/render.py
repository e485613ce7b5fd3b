"""Pages as HTML: one file each that needs nothing else, and the index of all of them.

Without scripts a page is read from top to bottom, and what happened is folded; a few lines of script take the reader's
guess first and keep the progress in the browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

import ninefold
import ninefold_runtime
from ninefold.core.questions import QUESTIONS as TOPICS
from ninefold.guide.looks import templates
from ninefold.guide.page import pages
from ninefold.guide.questions import QUESTIONS, STAGES
from ninefold.guide.running import Ran, Told

LAST_BEFORE, LAST_AFTER = "predict", "reveal"
"""The cells between which a reader guesses: what follows the first, up to the second, is what happened."""
MOST_LINES = 160
"""Lines of a source file that a page shows."""
ROOTS = {"src": Path(ninefold.__file__).parents[1], "runtime/src": Path(ninefold_runtime.__file__).parents[1]}


@dataclass(frozen=True)
class Line:
    """A question on the index: its number, its text, what it is about, and where its page is, if there is one."""

    number: int
    text: str
    topic: str
    address: str


def page(ran: Ran) -> str:
    """The whole page, as a file."""
    before, after = beside(ran.number)
    return _render("page.html", ran=ran, body=body(ran), before=before, after=after)


def index() -> str:
    """The nine stages with their questions, as a file."""
    return _render("index.html", body=contents(addresses()))


def body(ran: Ran) -> Markup:
    """What stands between the head and the foot of the page."""
    names = [told.name for told in ran.cells]
    first, last = names.index(LAST_BEFORE) + 1, names.index(LAST_AFTER) + 1
    parts = {"before": ran.cells[:first], "happened": ran.cells[first:last], "then": ran.cells[last:]}
    where = ran.said("where")
    return Markup(_render("body.html", ran=ran, where=where, **parts))  # noqa: S704 - escaped there


def contents(places: Mapping[int, str]) -> Markup:
    """The questions by stage; those whose page is in ``places`` lead there."""
    stages = [
        (number, title, [_line(question, places) for question in questions])
        for number, (title, questions) in enumerate(STAGES, 1)
    ]
    return Markup(_render("contents.html", stages=stages))  # noqa: S704 - escaped there


def addresses() -> dict[int, str]:
    """The file of each page, as the others name it."""
    return {number: f"{page.name}.html" for number, page in pages().items()}


def script() -> str:
    """What pages gain where scripts run."""
    return _render("guide.js")


def _line(number: int, places: Mapping[int, str]) -> Line:
    return Line(number, QUESTIONS[number], TOPICS[number - 1], places.get(number, ""))


def beside(number: int) -> tuple[Line | None, Line | None]:
    """The pages before and after one, where there are any."""
    places = addresses()
    known = sorted(places)
    before = [other for other in known if other < number][-1:]
    after = [other for other in known if other > number][:1]
    lines = [_line(found[0], places) if found else None for found in (before, after)]
    return lines[0], lines[1]


def _render(name: str, **context: object) -> str:
    return _templates().get_template(name).render(**context)


@cache
def _templates() -> jinja2.Environment:
    made = templates().overlay()
    made.filters = {**made.filters, "code": _code, "told": _told, "of_source": _of_source}
    return made


def _code(text: str) -> Markup:
    marked = highlight(text, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup('<pre class="program" tabindex="0"><code>{}</code></pre>').format(Markup(marked))  # noqa: S704 - ditto


def _told(cells: Iterable[Told]) -> list[tuple[Told, Markup]]:
    return [(told, told.said.html() if told.said else Markup("")) for told in cells]


def _of_source(name: str) -> str:
    """The first lines of a file of Ninefold's source."""
    root = next(root for root in sorted(ROOTS, key=len, reverse=True) if name.startswith(f"{root}/"))
    lines = (ROOTS[root] / name.removeprefix(f"{root}/")).read_text("utf-8").splitlines()
    left = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"… and {left} lines more"] if left > 0 else [])])
