"""Markdown of pages as HTML: formulas between dollars become MathML, and HTML in the text stays text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup


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
    """``$x$`` in a line, ``$$x$$`` on its own; as elsewhere, no space follows the first dollar, no digit the last."""
    text, start = state.src, state.pos
    if text[start] != "$":
        return False
    mark = "$$" if text.startswith("$$", start) else "$"
    first = start + len(mark)
    end = text.find(mark, first)
    after = text[end + len(mark) : end + len(mark) + 1]
    if end <= first or text[first].isspace() or text[end - 1].isspace() or after.isdigit():
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.markup = text[first:end], mark
    state.pos = end + len(mark)
    return True


def _mathml(_: object, tokens: Sequence[Token], i: int, __: object, ___: object) -> str:
    return convert(tokens[i].content, display="block" if tokens[i].markup == "$$" else "inline")


def _scrolled(*_: Any) -> str:
    return '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'


def _scrolled_end(*_: Any) -> str:
    return "</table></div>"
