"""Pieces of words for a tokenizer, learned by byte-pair encoding (Sennrich et al. 2016) on words that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from itertools import pairwise

from msgspec.structs import replace

from ninefold.core.clock import Clock
from ninefold_runtime.tokenizer import FIRST, LONGEST_PIECE, Tokenizer, Tokens, collapsed, words

LEAST = 2
"""Times that a pair of pieces must come for it to become one."""


Pair = tuple[str, str]


def whole_words(texts: Iterable[str], most: int) -> Tokens:
    """The most frequent words as they are, and every character; other words are spelled."""
    counts = Counter(word for text in texts for word in words(collapsed(text)))
    frequent = [word for word, count in counts.most_common(most) if count >= LEAST and len(word) <= LONGEST_PIECE]
    return Tokens(pieces=tuple(dict.fromkeys([*frequent, *_letters(counts)])))


def said_first(tokens: Tokens, answers: Iterable[str]) -> tuple[Tokens, int]:
    """The same pieces, those first that answers are made of, and how many these are: a network need not weigh the rest
    for each word it says. Read by these alone, the answers are the same numbers."""
    reader = Tokenizer(tokens)
    used = {number - FIRST for text in answers for number in reader.encode(text) if number >= FIRST}
    order = [*sorted(used), *(i for i in range(len(tokens.pieces)) if i not in used)]
    return replace(tokens, pieces=tuple(tokens.pieces[i] for i in order)), len(used)


def characters(texts: Iterable[str]) -> Tokens:
    """Every character that there is, the most frequent first."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return Tokens(pieces=tuple(c for c, _ in counts.most_common()), cut="characters", collapse=False)


def pairs_encoded(texts: Iterable[str], most: int, clock: Clock, *, collapse: bool = True) -> Tokens:
    """Pieces that the most frequent pairs of pieces make, again and again, up to ``most`` of them."""
    counts = Counter(word for text in texts for word in words(collapsed(text) if collapse else text))
    found = _Merging(counts)
    pieces = dict.fromkeys(_letters(counts))
    while len(pieces) < most and clock.left > 0 and (made := found.merged()) is not None:
        pieces[made] = None
    return Tokens(pieces=tuple(pieces), collapse=collapse)


def _letters(counts: Counter[str]) -> list[str]:
    """Characters of at least so many words; the rare rest is spelled in bytes."""
    letters: Counter[str] = Counter()
    for word, count in counts.items():
        for letter in word:
            letters[letter] += count
    return [letter for letter, count in letters.most_common() if count >= LEAST]


class _Merging:
    """Words as pieces, and how often each pair of neighbours comes: kept up to date, never counted anew. Of the heap an
    entry counts as long as its number is still true."""

    def __init__(self, counts: Counter[str]) -> None:
        self._words = [list(word) for word in counts]
        self._counts = list(counts.values())
        self._pairs: Counter[Pair] = Counter()
        self._where: dict[Pair, set[int]] = {}
        for place in range(len(self._words)):
            self._add(place, 1)
        self._heap = [(-count, pair) for pair, count in self._pairs.items()]
        heapify(self._heap)

    def _add(self, place: int, sign: int) -> set[Pair]:
        word, count = self._words[place], sign * self._counts[place]
        pairs = list(pairwise(word))
        for pair in pairs:
            self._pairs[pair] += count
            if sign > 0:
                self._where.setdefault(pair, set()).add(place)
        return set(pairs)

    def merged(self) -> str | None:
        """Join the most frequent pair wherever it is; None where none comes often enough."""
        while self._heap:
            count, pair = heappop(self._heap)
            if -count < LEAST:
                return None
            if self._pairs[pair] == -count and len(pair[0]) + len(pair[1]) <= LONGEST_PIECE:
                return self._join(pair)
        return None

    def _join(self, pair: Pair) -> str:
        made, changed = "".join(pair), set()
        for place in self._where.pop(pair):
            changed |= self._add(place, -1)
            self._words[place] = _joined(self._words[place], pair, made)
            changed |= self._add(place, 1)
        del self._pairs[pair]
        for other in changed - {pair}:
            heappush(self._heap, (-self._pairs[other], other))
        return made


def _joined(word: list[str], pair: Pair, made: str) -> list[str]:
    out: list[str] = []
    i = 0
    while i < len(word):
        together = i + 1 < len(word) and (word[i], word[i + 1]) == pair
        out.append(made if together else word[i])
        i += 1 + together
    return out
