"""How a bundle answers questions: what is decided at training beside the graph, and the documents that it searches."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

READER, DOCUMENTS = "reader.json", "documents.json"
MOST_WORDS, LONGEST_WORD = 200_000, 64
LONGEST, MOST_READ, MOST_DOCUMENTS = 1024, 20, 200_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """``reader.json``. ``words``: those that have numbers of their own, in lower case.

    ``question``, ``passage`` and ``answer``: words of each at most; of longer passages windows are read one by one.
    ``read``: passages that are read where the documents are searched.
    """

    words: tuple[str, ...]
    question: int = 64
    passage: int = 256
    answer: int = 20
    read: int = 5


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """``documents.json``: passages that were given to be searched, each with the name that answers call it by."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


def contradictions(reading: Reading | None, documents: Documents | None) -> Iterator[str]:
    """Why these cannot be of one bundle, or of any."""
    if documents is not None:
        if len(documents.names) != len(documents.texts) or not 0 < len(documents.names) <= MOST_DOCUMENTS:
            yield "documents without a name, or none, or too many"
        if reading is None:
            yield "documents that nobody reads"
    if reading is None:
        return
    if len(reading.words) > MOST_WORDS or len(set(reading.words)) < len(reading.words):
        yield "too many words, or two that are the same"
    if not all(0 < len(word) <= LONGEST_WORD for word in reading.words):
        yield "a word without letters, or with too many"
    if not all(1 <= length <= LONGEST for length in (reading.question, reading.passage, reading.answer)):
        yield "lengths out of bounds"
    if not 1 <= reading.read <= MOST_READ:
        yield "a number of passages out of bounds"
