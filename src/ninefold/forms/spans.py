"""Where a passage has an answer, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from ninefold_runtime.language.words import cut, words_of


def places(passage: str, spans: Sequence[tuple[int, int]], answer: str) -> list[tuple[int, int]]:
    """First and last word of every place where the passage, whose words stand at ``spans``, has the answer, whatever
    its case."""
    wanted = words_of(answer)
    words = [passage[a:b].lower() for a, b in spans]
    size = len(wanted)
    if not size:
        return []
    return [(i, i + size - 1) for i in range(len(words) - size + 1) if words[i : i + size] == wanted]


def stands_in(passage: str, answer: str) -> bool:
    """Whether there is such a place; quick where there is none."""
    return answer.lower() in passage.lower() and bool(places(passage, cut(passage), answer))
