"""Text to whole numbers and back, by one list of pieces and nothing else: plain JSON in the bundle, plain Python here.

A text is cut into words, each with the space before it, and a word into the longest pieces that are on the list, from
left to right (greedy inference: Uzan et al. 2024, "Greed is All You Need"). What is on no list is spelled in bytes, so
that no text is unknown and every text comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

PADDING, BEGIN, END = 0, 1, 2
BYTES = 3
"""The number of byte 0; 255 more follow."""
FIRST = BYTES + 256
"""The number of the first piece."""
LONGEST_PIECE = 64
MOST_PIECES = 100_000
_KNOWN = 50_000
_WORDS = re.compile(r" ?\w+| ?[^\w\s]|\s")


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """``tokenizer.json``. ``cut``: into words, or into single characters. ``collapse``: runs of white space are one
    space, and a text begins and ends without any."""

    pieces: tuple[str, ...]
    cut: Literal["words", "characters"] = "words"
    collapse: bool = True

    @property
    def size(self) -> int:
        """How many different numbers there are."""
        return FIRST + len(self.pieces)


def words(text: str) -> list[str]:
    """The text in parts that add up to it: words and marks with the space before them, other space alone."""
    return _WORDS.findall(text)


def collapsed(text: str) -> str:
    """The words of a text with one space before each."""
    return "".join(f" {word}" for word in text.split())


class Tokenizer:
    """Reads and writes by `Tokens`. May be used by several threads."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._numbers = {piece: FIRST + i for i, piece in enumerate(tokens.pieces)}
        self._longest = max(map(len, tokens.pieces), default=1)
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str) -> list[int]:
        """The numbers of a text; none of an empty one."""
        text = collapsed(text) if self.tokens.collapse else text
        if self.tokens.cut == "characters":
            return [number for character in text for number in self._of(character)]
        return [number for word in words(text) for number in self._of(word)]

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of numbers, up to the first `END`."""
        text = self.utf8(numbers).decode("utf-8", "replace")
        return text.strip() if self.tokens.collapse else text

    def utf8(self, numbers: Iterable[int]) -> bytes:
        """The same in UTF-8, of which a number may hold a part of a character only."""
        return b"".join(self._parts(numbers))

    def pieces(self, numbers: Iterable[int]) -> list[str]:
        """Each number as it is read alone, for charts."""
        return [self._named(number) for number in numbers]

    def _named(self, number: int) -> str:
        if number >= FIRST:
            return self.tokens.pieces[number - FIRST]
        return ("", "", "⏎")[number] if number < BYTES else f"<{number - BYTES:02x}>"

    def _parts(self, numbers: Iterable[int]) -> Iterator[bytes]:
        for number in numbers:
            if number == END:
                return
            if number >= FIRST:
                yield self.tokens.pieces[number - FIRST].encode()
            elif number >= BYTES:
                yield bytes([number - BYTES])

    def _of(self, word: str) -> tuple[int, ...]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            found = self._known[word] = tuple(self._cut(word))
        return found

    def _cut(self, word: str) -> Iterator[int]:
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self._numbers.get(word[start:end])
                if number is not None:
                    yield number
                    start = end
                    break
            else:
                yield from (BYTES + byte for byte in word[start].encode("utf-8", "surrogatepass"))
                start += 1
