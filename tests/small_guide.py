"""A guide of four short pages that need not be run: what practice and interviews are tested with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ninefold.guide import page as pages_of
from ninefold.guide.page import Page
from ninefold.guide.running import Ran, Told
from ninefold.guide.said import Ask, Exercise, Printed, Prose, Reveal, Shown
from ninefold.practice import deck

NUMBERS = (4, 9, 16, 20)
SOURCE = '''"""Question {number}: a small page."""

import marimo

app = marimo.App()

with app.setup:
    import json
    import marimo as mo
    import numpy as np
    from ninefold.guide import show


@app.function
def size(z):
    return np.abs(z)


@app.function
def distance(a, b):
    """How far the numbers of a are from those of b."""
    return size(a - b)


@app.function
def check_symmetry(function, rng):
    a, b = rng.normal(size=9), rng.normal(size=9)
    np.testing.assert_allclose(function(a, b), function(b, a))


@app.function
def check_is_never_negative(function, rng):
    assert (function(rng.normal(size=9), rng.normal(size=9)) >= 0).all(), "a distance is negative"


@app.cell(hide_code=True)
def exercise():
    show.exercise(distance, checks=(check_symmetry, check_is_never_negative), mutants=())
'''
MUTANTS = (("size(a - b)", "a - b"), ("size(a - b)", "-size(a - b)"), ("a - b", "a - 2 * b"))
ANSWER = "import numpy as np\n\n\ndef distance(a, b):\n    return np.abs(a - b)\n"


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """While open, the guide is the one of four pages, written to ``folder``."""
    paths = {number: folder / f"q{number:02}_small.py" for number in NUMBERS}
    for number, path in paths.items():
        path.write_text(SOURCE.format(number=number))
    caches = (pages_of.pages, deck.deck, deck.content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages_of, "guided", lambda: paths)
        patch.setattr(deck, "ran_of", ran)
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


def ran(page: Page) -> Ran:
    said: dict[str, Shown] = {
        "answer": Prose(
            f"# {page.number} · {page.question}\n\n**In thirty seconds.** The answer {page.number} is $x^2$.\n\n"
            "First as it is often written:"
        ),
        "predict": Ask("The error …", ("falls", "rises <b>")),
        "experiment": Printed("0.25"),
        "reveal": Reveal("rises <b>", "It was **0.25**."),
        "follow_ups": Prose("## What an interviewer asks next\n\n- **And then?** This\n  and that.\n- **Why?** So.\n"),
        "exercise": Exercise(
            "distance",
            "distance(a, b)",
            "How far the numbers of a are from those of b.",
            ("check_symmetry", "check_is_never_negative"),
            MUTANTS,
        ),
    }
    cells = tuple(Told(name, "", True, False, each) for name, each in said.items())
    return Ran(page.number, page.name, page.question, page.setup, cells, 0.1, page.digest)
