"""Questions and passages as numbers, with the places of the answers: what readers learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.forms.spans import places, stands_in
from ninefold.forms.speaking import Texts
from ninefold_runtime.language.padding import padded
from ninefold_runtime.language.search_index import Index
from ninefold_runtime.language.words import NOWHERE, SHAPES, Lexicon, cut, words_of
from ninefold_runtime.reading import LONGEST_WORD, Reading

LEAST = 3
"""Passages that must have a word for it to be learned."""
LONGEST_ANSWER = 64
ALIKE = 5
"""Passages that are looked up for a question, to find one that only looks as if it had the answer."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """``question`` [N, Q] and ``passage`` [N, P] as `ninefold_runtime.language.reader` asks them, and ``ends``
    [N, P, 2]: where the answer may begin and end, at place 0 where there is none."""

    question: Array
    passage: Array
    ends: Array


def reading_of(texts: Texts, words: int, passage: int = 256) -> Reading:
    """At most so many words of their own, windows of so many, and answers as long as the longest."""
    longest = max((len(words_of(answer)) for answer in texts.targets), default=1)
    return Reading(words=_frequent(texts, words), passage=passage, answer=min(max(longest, 1), LONGEST_ANSWER))


def _frequent(texts: Texts, most: int) -> tuple[str, ...]:
    """The words that most passages and questions have."""
    counts = Counter(
        word for text in [*dict.fromkeys(texts.passages), *texts.sources] for word in dict.fromkeys(words_of(text))
    )
    return tuple(word for word, count in counts.most_common(most) if count >= LEAST and len(word) <= LONGEST_WORD)


def lesson(texts: Texts, reading: Reading, strange: float, rng: np.random.Generator, clock: Clock) -> Lesson:
    """Every question whose answer its passage has, or that is said to have none; and for a share ``strange`` of the
    first once more with a passage that lacks the answer, one that is about the same where time allows to look for it.

    Raises:
        ValueError: when no passage has the answer of its question.
    """
    made = list(_own(texts, reading, rng))
    if not made:
        raise ValueError("no passage has the answer to its question")
    made += _foreign(texts, reading, strange, rng, clock)
    width = max(len(passage) for _, passage, _ in made)
    ends = np.zeros((len(made), width, 2), bool)
    for place, (_, _, spans) in enumerate(made):
        for first, last in spans:
            ends[place, first, 0] = ends[place, last, 1] = True
    return Lesson(padded([each[0] for each in made]), padded([each[1] for each in made]), ends)


Row = tuple[list[int], list[int], list[tuple[int, int]]]
"""Numbers of the question and of the passage, and the places where the answer begins and ends."""


def _own(texts: Texts, reading: Reading, rng: np.random.Generator) -> Iterator[Row]:
    write = _Writing(reading, rng)
    for question, answer, passage in zip(texts.sources, texts.targets, texts.passages, strict=True):
        spans = cut(passage)
        found = places(passage, spans, answer)
        if spans and (found or not answer):
            yield write.row(question, passage, spans, found)


def _foreign(texts: Texts, reading: Reading, strange: float, rng: np.random.Generator, clock: Clock) -> Iterator[Row]:
    passages, write = list(dict.fromkeys(texts.passages)), _Writing(reading, rng)
    answered = np.flatnonzero([bool(answer) for answer in texts.targets])
    index = Index(passages)
    for place in rng.permutation(answered)[: round(strange * len(answered))].tolist():
        question, answer = texts.sources[place], texts.targets[place]
        near = index.best(question, ALIKE) if clock.left > 0 else []
        candidates = [passages[i] for i in (*near, int(rng.integers(len(passages))))]
        other = next((text for text in candidates if not stands_in(text, answer)), None)
        if other is not None and (spans := cut(other)):
            yield write.row(question, other, spans, [])


class _Writing:
    """Texts as rows."""

    def __init__(self, reading: Reading, rng: np.random.Generator) -> None:
        self._reading, self._rng, self._lexicon = reading, rng, Lexicon(reading.words)

    def row(self, question: str, passage: str, spans: list[tuple[int, int]], found: list[tuple[int, int]]) -> Row:
        """Of a long passage a window that has the answer, somewhere in it."""
        first = self._first(len(spans), found)
        shown = spans[first : first + self._reading.passage]
        asked = self._numbers(question, cut(question)[: self._reading.question])
        read = [SHAPES * NOWHERE, *self._numbers(passage, shown)]
        inside = [(a - first + 1, b - first + 1) for a, b in found if first <= a and b < first + len(shown)]
        return asked, read, inside or [(0, 0)]

    def _first(self, count: int, found: list[tuple[int, int]]) -> int:
        """The first word that is shown."""
        last = count - self._reading.passage
        if last <= 0:
            return 0
        begins, ends = found[0] if found else (last, self._reading.passage - 1)
        low, high = max(0, ends - self._reading.passage + 1), min(begins, last)
        return int(self._rng.integers(low, high + 1)) if low <= high else high

    def _numbers(self, text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
        return self._lexicon.numbers([text[a:b] for a, b in spans])
