"""A text whose words are shaded by what they give, with a sign each, and a number where they matter; or marked as what
was said and what is true; or with what they came from under them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ninefold.core.section import Word
from ninefold.core.words import cell

SLIGHT, SOME, MUCH = 0.1, 0.34, 0.67
"""Shares of the heaviest word from which on a word is signed, shaded more, and has a number."""
SMALL = 1e-3
MARKS = {"said": ("said", "said"), "true": ("true", "true"), "both": ("said true", "said, true")}
"""Class and name of what is marked."""


def draw(words: Sequence[Word]) -> Markup:
    largest = max((abs(word.weight) for word in words if word.weight), default=0.0)
    return Markup("").join(_word(word, largest) for word in words)


def _word(word: Word, largest: float) -> Markup:
    if word.mark:
        kinds, name = MARKS[word.mark]
        return Markup('<mark class="{}">{}<sup>{}</sup></mark>').format(kinds, word.text, name)
    if word.under:
        text = word.text.rstrip()
        drawn = Markup("<ruby>{}<rp> (</rp><rt>{}</rt><rp>)</rp></ruby>{}")
        return drawn.format(text, word.under, word.text[len(text) :])
    share = abs(word.weight) / largest if word.weight and largest else 0.0
    if word.weight is None or share < SLIGHT:
        return escape(word.text)
    level = 2 if share >= MUCH else 1 if share >= SOME else 0
    side, letter, sign = ("for", "f", "+") if word.weight > 0 else ("against", "a", "−")
    told = f"{sign}{_digits(abs(word.weight))}" if level == 2 else sign
    return Markup('<mark class="{} {}{}">{}<sup>{}</sup></mark>').format(side, letter, level, word.text, told)


def _digits(amount: float) -> str:
    """Two that matter."""
    return f"{amount:.2g}" if SMALL <= amount < 1 else cell(float(f"{amount:.2g}"))
