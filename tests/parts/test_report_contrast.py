"""The palette itself: every pair of text and ground reaches WCAG 2 AA in both modes, computed from the stylesheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ninefold.report
import ninefold.web

REPORT = Path(ninefold.report.__file__).parent / "templates"
STYLES = {
    "report": (REPORT / "style.css").read_text(),
    "what-if page": (REPORT / "live" / "style.css").read_text(),
    "web app": (Path(ninefold.web.__file__).parent / "templates" / "app.css").read_text(),
}
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", (REPORT / "palette.css").read_text()
    )
}
TEXT = ("ink", "quiet", "c1", "good", "info", "warning", "serious")
MARKS = (("c1", "card"), ("c2", "card"), ("c3", "card"), ("c4", "card"))
WHAT_IF_MARKS = (("c1", "rule"), ("c2", "rule"), ("field", "page"), ("field", "card"))
"""Bars on their tracks, and the frames of fields."""


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "card"])
@pytest.mark.parametrize("text", TEXT)
def test_text_reaches_four_and_a_half(text: str, ground: str, mode: int) -> None:
    assert ratio(COLOURS[text][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS + WHAT_IF_MARKS)
def test_marks_reach_three(mark: str, ground: str, mode: int) -> None:
    assert ratio(COLOURS[mark][mode], COLOURS[ground][mode]) >= 3


@pytest.mark.parametrize("sheet", STYLES)
def test_sheets_take_their_colours_from_the_palette(sheet: str) -> None:
    text = STYLES[sheet]
    own = set(re.findall(r"--([\w-]+):", text))
    assert re.findall(r": [^;{]*#[0-9a-fA-F]{3,8}\b", text) == []
    assert set(re.findall(r"var\(--([\w-]+)\)", text)) <= COLOURS.keys() | own | {"level"}


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("shade", range(6))
def test_counts_can_be_read_on_every_shade_of_the_matrix(shade: int, mode: int) -> None:
    text = "t-low" if shade < 3 else "t-high"
    assert f".t{shade}" in STYLES["report"]
    assert ratio(COLOURS[text][mode], COLOURS[f"m{shade}"][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("shade", ["m0", "m1", "m2", "a0", "a1", "a2"])
def test_words_can_be_read_on_every_shade(shade: str, mode: int) -> None:
    assert ratio(COLOURS["ink"][mode], COLOURS[shade][mode]) >= 4.5


def test_the_formula_knows_black_on_white() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two sRGB colours (WCAG 2.2, relative luminance)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
