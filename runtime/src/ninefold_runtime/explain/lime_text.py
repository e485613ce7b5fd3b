"""LIME for a text: words are left out, wherever they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.rows import exchanged, repeated
from ninefold_runtime.explain.surrogate import ROUNDS, SAMPLES, Local, stand_ins
from ninefold_runtime.vocabulary import WORD

MOST_PARTS = 150
"""A text of more different words is cut into this many stretches of words, which are left out as a whole."""
Spans = Sequence[tuple[int, int]]


def lime_text(
    ask: Callable[[list[str]], Array],
    text: str,
    *,
    samples: int = SAMPLES,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> tuple[Local, ...]:
    """Explain each output of ``ask``, a function of texts to [N, K]. A text without words has no parts."""
    parts = _parts(text)

    def draw(rng: np.random.Generator) -> tuple[Array, Array]:
        gone = _left_out(samples, len(parts), rng)
        texts = [without(text, [span for part in np.flatnonzero(row) for span in spans[part]]) for row in gone]
        return -gone.astype(np.float64), ask(texts)

    spans = [spans for _, spans in parts]
    return stand_ins([name for name, _ in parts], draw, ask([text])[0], rounds=rounds, seed=seed)


def lime_text_column(
    asked: Asked,
    row: Arrays,
    column: str,
    *,
    samples: int = SAMPLES,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> tuple[Local, ...]:
    """Explain what the words of one text column do, everything else in the row staying as it is."""

    def ask(texts: list[str]) -> Array:
        return asked.ask(exchanged(repeated(row, len(texts)), column, np.array(texts, object)))

    text = str(row[column][0])
    return lime_text(ask, text, samples=samples, rounds=rounds, seed=seed)


def _parts(text: str) -> list[tuple[str, Spans]]:
    """Names of what can be left out, and where it stands."""
    words: dict[str, list[tuple[int, int]]] = {}
    for match in WORD.finditer(text):
        words.setdefault(match.group(), []).append(match.span())
    if len(words) <= MOST_PARTS:
        return list(words.items())
    return [(text[start:end], [(start, end)]) for start, end in stretches(text)]


def stretches(text: str) -> Spans:
    """Where each word stands, in order; of a text of more than MOST_PARTS words, so many stretches of them."""
    spans = [match.span() for match in WORD.finditer(text)]
    cuts = np.array_split(np.arange(len(spans)), min(len(spans), MOST_PARTS)) if spans else []
    return [(spans[cut[0]][0], spans[cut[-1]][1]) for cut in cuts]


def _left_out(samples: int, parts: int, rng: np.random.Generator) -> Array:
    """Which parts are left out, bool [N, P]: first how many, every number being equally likely, then which."""
    many = rng.integers(1, parts + 1, size=(samples, 1)) if parts else np.zeros((samples, 1))
    return np.asarray(rng.random((samples, parts)).argsort(axis=1).argsort(axis=1) < many)


def without(text: str, spans: Spans) -> str:
    """The text, with what stands there left out."""
    kept, after = [], 0
    for start, end in sorted(spans):
        kept.append(text[after:start])
        after = end
    return "".join([*kept, text[after:]])
