"""Words of questions and passages as whole numbers, each with its place in the text.

A number is ``SHAPES * word + shape``. Words on the list count from `FIRST` on; any other is what follows them plus the
CRC-32 of its letters, so that a graph can tell that two words are the same, and by their shape whether they look like
names or like numbers, without ever having met them (classes of unknown words: Bikel et al. 1999).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from ninefold_runtime.vocabulary import UNSPACED

SHAPES = 4
"""Small letters, a capital, a digit, neither letters nor digits."""
PADDING, NOWHERE, FIRST = 0, 1, 2
"""No word; the place before a passage, which stands for "no answer"; the first word of the list."""
_SINGLE = f"{UNSPACED}\uf900-\ufaff"
"""Scripts without spaces, and the compatibility forms of Chinese: each of their letters is a word."""
_WORDS = re.compile(rf"[{_SINGLE}]|[^\W{_SINGLE}]+|[^\w\s]")


def cut(text: str) -> list[tuple[int, int]]:
    """Where each word begins and ends."""
    return [found.span() for found in _WORDS.finditer(text)]


def words_of(text: str) -> list[str]:
    """The words in lower case."""
    return [word.lower() for word in _WORDS.findall(text)]


def shape_of(word: str) -> int:
    if any(letter.isdigit() for letter in word):
        return 2
    if not any(letter.isalpha() for letter in word):
        return 3
    return int(word[0].isupper())


class Lexicon:
    """Words to numbers. May be used by several threads."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = {word: FIRST + i for i, word in enumerate(words)}
        self.size = FIRST + len(words)
        """The word from which on they are on no list."""

    def numbers(self, words: Sequence[str]) -> list[int]:
        return [self._number(word) for word in words]

    def _number(self, word: str) -> int:
        lower = word.lower()
        found = self._words.get(lower)
        if found is None:
            found = self.size + zlib.crc32(lower.encode("utf-8", "surrogatepass"))
        return SHAPES * found + shape_of(word)
