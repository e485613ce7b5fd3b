"""LIME for a text: words are left out, wherever they stand in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.rows import exchanged, repeated
from ninefold_runtime.explain.surrogate import ROUNDS, SAMPLES, Local, stand_ins

MOST_PARTS = 150
"""A text of more different words is cut into this many stretches of words, which are left out as a whole."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
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
        texts = [_without(text, [span for part in np.flatnonzero(row) for span in spans[part]]) for row in gone]
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
    for match in _WORD.finditer(text):
        words.setdefault(match.group(), []).append(match.span())
    if len(words) <= MOST_PARTS:
        return list(words.items())
    spans = sorted(span for where in words.values() for span in where)
    stretches = [spans[cut[0] : cut[-1] + 1] for cut in np.array_split(np.arange(len(spans)), MOST_PARTS)]
    return [(text[stretch[0][0] : stretch[-1][1]], [(stretch[0][0], stretch[-1][1])]) for stretch in stretches]


def _left_out(samples: int, parts: int, rng: np.random.Generator) -> Array:
    """Which parts are left out, bool [N, P]: first how many, every number being equally likely, then which."""
    many = rng.integers(1, parts + 1, size=(samples, 1)) if parts else np.zeros((samples, 1))
    return np.asarray(rng.random((samples, parts)).argsort(axis=1).argsort(axis=1) < many)


def _without(text: str, spans: Spans) -> str:
    kept, after = [], 0
    for start, end in sorted(spans):
        kept.append(text[after:start])
        after = end
    return "".join([*kept, text[after:]])
