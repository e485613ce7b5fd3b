"""Formulas: LaTeX as MathML for pages, and as plain text for terminals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree as Xml

from latex2mathml.converter import convert

FORMULA = re.compile(r"(\$\$?)(?=\S)([^$`]+?)(?<=\S)\1(?!\d)")
"""``$x$`` in a line, ``$$x$$`` on its own; no space follows the first dollar, no digit the last: $5 and $6 are sums."""
SPACED = "=≤≥<>≈−+·→←∝"
RAISED = str.maketrans("0123456789+-−n⊤i", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿᵀⁱ")
ACCENTS = {"^": "\u0302", "¯": "\u0304", "‾": "\u0304", "~": "\u0303", "→": "\u20d7"}
LOWERED = str.maketrans("0123456789+-−ijnkt", "₀₁₂₃₄₅₆₇₈₉₊₋₋ᵢⱼₙₖₜ")


def mathml(latex: str, *, block: bool) -> str:
    """Without the name space, which pages do not need."""
    made = convert(latex, display="block" if block else "inline")
    return made.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def spoken(text: str) -> str:
    """The text with its formulas as characters: ``p = σ(wᵀx + b)``."""
    return FORMULA.sub(lambda found: _characters(found[2]), text)


def _characters(latex: str) -> str:
    made = Xml.fromstring(mathml(latex, block=False))  # noqa: S314  what we just made
    return unicodedata.normalize("NFC", _text(made))


def _text(node: Xml.Element) -> str:
    parts = [_text(child) for child in node]
    if node.tag in SHAPES:
        return SHAPES[node.tag](*parts)
    own = node.text or ""
    return f" {own} " if node.tag == "mo" and own in SPACED else own + "".join(parts)


def _closed(part: str) -> str:
    return part.strip() if len(part.strip()) < 2 or part.strip().isalnum() else f"({part.strip()})"


def _placed(part: str, places: dict[int, int], mark: str) -> str:
    moved = part.replace(" ", "").translate(places)
    small = all(letter in places.values() for letter in map(ord, moved))
    return moved if small else f"{mark}({part.strip()})" if len(part.strip()) > 1 else mark + part


SHAPES: dict[str, Callable[..., str]] = {
    "mfrac": lambda over, under: f"{_closed(over)}/{_closed(under)}",
    "msqrt": lambda *inside: f"√({''.join(inside)})",
    "msup": lambda base, power: base + _placed(power, RAISED, "^"),
    "msub": lambda base, index: base + _placed(index, LOWERED, "_"),
    "msubsup": lambda base, index, power: base + _placed(index, LOWERED, "_") + _placed(power, RAISED, "^"),
    "mover": lambda base, sign: base + ACCENTS.get(sign.strip(), ""),
}
SHAPES |= {"munder": SHAPES["msub"], "munderover": SHAPES["msubsup"]}
