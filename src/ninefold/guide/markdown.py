"""Markdown of pages as HTML: formulas between dollars become MathML, and HTML in the text stays text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

from ninefold.guide.formulas import FORMULA, mathml


def html(text: str) -> Markup:
    """Blocks: headings, paragraphs, lists, tables, code."""
    return Markup(_reader().render(text))  # noqa: S704 - html=False: tags in the text are escaped


def inline(text: str) -> Markup:
    """One line, without a paragraph around it."""
    return Markup(_reader().renderInline(text))  # noqa: S704 - as above


@cache
def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.inline.ruler.before("escape", "formula", _formula)
    made.add_render_rule("formula", _mathml)
    made.add_render_rule("table_open", _scrolled)
    made.add_render_rule("table_close", _scrolled_end)
    return made


def _formula(state: StateInline, silent: bool) -> bool:
    found = FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.markup = found[2], found[1]
    state.pos = found.end()
    return True


def _mathml(_: object, tokens: Sequence[Token], i: int, __: object, ___: object) -> str:
    return mathml(tokens[i].content, block=tokens[i].markup == "$$")


def _scrolled(*_: Any) -> str:
    return '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'


def _scrolled_end(*_: Any) -> str:
    return "</table></div>"
