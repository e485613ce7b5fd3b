"""Which passages speak of what a question speaks of: BM25 (Robertson et al. 1995), as Lucene counts it.

A word weighs more the fewer passages have it, ever less the more often one passage repeats it, and less in long
passages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.language.words import words_of

Array = NDArray[Any]
REPEATED, LENGTH = 1.2, 0.75
"""k1 and b."""


class Index:
    """Of ``texts``; may be used by several threads."""

    def __init__(self, texts: Sequence[str]) -> None:
        found: dict[str, tuple[list[int], list[int]]] = {}
        lengths = np.zeros(len(texts))
        for place, text in enumerate(texts):
            counts = Counter(words_of(text))
            lengths[place] = counts.total()
            for word, count in counts.items():
                places, times = found.setdefault(word, ([], []))
                places.append(place)
                times.append(count)
        self.size = len(texts)
        longer = 1 - LENGTH + LENGTH * lengths / max(1.0, float(lengths.mean())) if len(texts) else lengths
        self._weights = {word: self._weighed(*pairs, longer) for word, pairs in found.items()}

    def _weighed(self, places: list[int], times: list[int], longer: Array) -> tuple[Array, Array]:
        """The passages that have a word, and what it is worth in each."""
        at, count = np.array(places, np.int32), np.array(times, np.float64)
        rare = np.log1p((self.size - len(at) + 0.5) / (len(at) + 0.5))
        return at, (rare * count * (REPEATED + 1) / (count + REPEATED * longer[at])).astype(np.float32)

    def scores(self, question: str) -> Array:
        """[passages]: what each is worth for a question."""
        out = np.zeros(self.size)
        for word in dict.fromkeys(words_of(question)):
            if (known := self._weights.get(word)) is not None:
                out[known[0]] += known[1]
        return out

    def best(self, question: str, most: int) -> list[int]:
        """The passages worth most, the best first; none that shares no word with the question."""
        scores = self.scores(question)
        order = np.argsort(-scores, kind="stable")[:most]
        return [int(place) for place in order if scores[place] > 0]
