"""Words regardless of case and ways of writing: folded by Python once, by a table in the graph ever after."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ninefold.core.table import Array
from ninefold.forms.tokens import read


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads texts as folded words, and remembers how they were written."""

    known: dict[str, str] = field(default_factory=dict)
    """Each way of writing that was read, with its folded word."""

    def read(self, texts: Array) -> Iterator[list[str]]:
        """The folded words of each of the texts [N]."""
        for words in read(texts):
            for word in words:
                if word not in self.known:
                    self.known[word] = folded(word)
            yield [self.known[word] for word in words]

    def spellings(self, vocabulary: Iterable[str]) -> dict[str, str]:
        """Every way to write a word of the vocabulary that was read or is likely, with the word."""
        words = set(vocabulary)
        likely = {way: word for word in words for way in _ways(word)}
        return likely | {way: word for way, word in self.known.items() if word in words} | {w: w for w in words}


def folded(word: str) -> str:
    """In lower case, composed (NFC), with a straight apostrophe. Locales play no part: slim images have none."""
    return unicodedata.normalize("NFC", word.lower().replace("’", "'"))


def _ways(word: str) -> Iterator[str]:
    for cased in (word.upper(), word.capitalize(), word):
        for way in {cased, cased.replace("'", "’")}:
            yield way
            yield unicodedata.normalize("NFD", way)
