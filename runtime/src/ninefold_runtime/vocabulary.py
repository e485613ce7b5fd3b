"""Words of texts, and which of them are known: what the monitor sees of a language, or a subject, that changes."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Letters of scripts without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese): each stands for itself."""
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:['’][^\W{UNSPACED}]+)*")
MOST, LEAST = 1_000, 5
"""Words that are remembered at most, each of so many texts at least."""
LETTERS = 500
"""Of each text that are looked at: as many as tell its language."""


def common(texts: Array) -> tuple[str, ...]:
    """The words that most of the `voters` among the texts [N] have, in lower case, the most frequent first."""
    counts = Counter(word for text in texts[voters(texts)].tolist() for word in set(_words(text)))
    return tuple(word for word, count in counts.most_common(MOST) if count >= LEAST)


def voters(texts: Array) -> NDArray[np.bool_]:
    """[N]: a third of the texts, by their digests, which says what words are common; and a third of those that are
    missing, so that their share stays.

    A word that is frequent by luck where it was chosen is less so elsewhere: new texts are compared with the others.
    """
    chosen = np.array([zlib.crc32(text.encode("utf-8", "surrogatepass")) % 3 == 0 for text in texts.tolist()], np.bool_)
    missing = np.flatnonzero(texts == "")
    chosen[missing] = np.arange(len(missing)) % 3 == 0
    return chosen


def unknown(texts: Array, known: Iterable[str]) -> NDArray[np.float64]:
    """[N]: the share of each text's words that are not known, NaN of a text without words."""
    there = frozenset(known)
    return np.array([_share(_words(text), there) for text in texts.tolist()], np.float64)


def _words(text: str) -> list[str]:
    return WORD.findall(text[:LETTERS].lower())


def _share(words: list[str], known: frozenset[str]) -> float:
    return sum(word not in known for word in words) / len(words) if words else np.nan
