"""What single words of texts, and the numbers in them, could tell."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from ninefold.core.table import Array

DIFFERENT = 0.5
"""Share of different values above which a column of words is looked into."""
WORDS = 300
RARE = 0.01
"""Share of the texts that a word must be in, and be missing from."""
NUMBERS = 3
_MARKS = ".,;:!?()[]\"'"
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def is_text(values: Array) -> bool:
    """Whether cells are words of which most differ, so that levels say nothing."""
    return values.dtype.kind == "O" and len(set(values.tolist())) > DIFFERENT * len(values)


def words_in(texts: Array) -> Array:
    """[N, V] of 0 and 1: which of the frequent words each text has."""
    split = [{word.strip(_MARKS) for word in text.lower().split()} for text in texts.tolist()]
    counts = Counter(word for words in split for word in words)
    kept = [w for w, n in counts.most_common() if RARE * len(split) <= n <= (1 - RARE) * len(split)][:WORDS]
    place = {word: i for i, word in enumerate(kept)}
    held = np.zeros((len(split), len(kept)))
    for row, words in enumerate(split):
        held[row, [place[word] for word in words if word in place]] = 1.0
    return held


def numbers_in(texts: Array) -> list[Array]:
    """The first, second and third number in each text, [N] each, as far as every text has them."""
    found = [_NUMBER.findall(text) for text in texts.tolist()]
    fewest = min((len(numbers) for numbers in found), default=0)
    return [np.array([float(numbers[i]) for numbers in found]) for i in range(min(fewest, NUMBERS))]
