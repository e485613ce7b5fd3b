"""Texts, and what the answer loses without each of their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ninefold.core.closer import SeenText
from ninefold.core.section import Word
from ninefold.evaluate.closer.worst import Worst
from ninefold_runtime.explain.weighing import weighed

MOST, COLUMNS = 6, 2
"""Texts of a column, and columns, that are shown."""
LETTERS = 900
"""Of a text, at most."""


def texts_of(worst: Worst) -> Iterator[SeenText]:
    for column in worst.columns("text")[:COLUMNS]:
        for place in worst.rows(column, MOST):
            row = worst.row(place)
            found = weighed(worst.asked, row, column.name, worst.spoken(place))
            if found:
                text = str(row[column.name][0])
                yield SeenText(worst.seen(place), column.name, tuple(pieces(text, found)))


def pieces(text: str, found: Sequence[tuple[tuple[int, int], float]]) -> Iterator[Word]:
    """The text in pieces: words with their weights, and what stands between them."""
    after = 0
    for (start, end), weight in found:
        if end > LETTERS and after:
            yield Word(" …")
            return
        if start > after:
            yield Word(text[after:start])
        yield Word(text[start:end], float(f"{weight:.3g}"))
        after = end
    if after < len(text):
        yield Word(text[after : after + LETTERS])
