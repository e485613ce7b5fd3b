"""Vectors of words to begin with: that of a word of the sources lies near those of the words it is translated by."""

from __future__ import annotations

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.speakers._aligning import FLOOR, model_1, together
from ninefold_runtime.tokenizer import FIRST

ROUNDS = 6
NEAR = 0.9
"""The cosine between a word and what it is translated by, in the beginning: words that share a translation stay
apart."""


def aligned(vectors: Array, source: Array, answer: Array, clock: Clock) -> Array:
    """``vectors`` [V, C] for sources [N, S] and answers [N, T], of like lengths; those of words that come in answers as
    often as in sources stay as they are.

    What a network takes from a place of the source then is, up to one turn that all words share, what it has to say:
    that turn is soon learned, thousands of words one by one are not (vectors that two languages share: Qi et al. 2018).
    """
    size = len(vectors)
    words = [[row[row >= FIRST] for row in rows] for rows in (source, answer)]
    pairs, share = model_1(*together(*words), size, ROUNDS, clock)
    likely = np.zeros_like(vectors)
    np.add.at(likely, pairs // size, (share[:, None] * vectors[pairs % size]).astype(vectors.dtype))
    often, in_answers = (np.bincount(np.concatenate([*rows, [0]]), minlength=size) for rows in words)
    changed = (often > in_answers) & likely.any(axis=1)
    mixed = NEAR * _unit(likely) + (1 - NEAR**2) ** 0.5 * _unit(vectors)
    long = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(changed[:, None], mixed * long, vectors).astype(vectors.dtype)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), FLOOR))
