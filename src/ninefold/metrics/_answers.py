"""Answers as SQuAD compares them: without case, marks, articles and surplus space (Rajpurkar et al. 2016)."""

from __future__ import annotations

import re
import string
from collections import Counter

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MARKS = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> list[str]:
    """The words that count."""
    return _ARTICLES.sub(" ", text.lower().translate(_MARKS)).split()


def overlap(reference: str, said: str) -> float:
    """F1 of the words that both have; where either has none, whether both have none (Rajpurkar et al. 2018)."""
    theirs, ours = normalised(reference), normalised(said)
    if not theirs or not ours:
        return float(theirs == ours)
    shared = (Counter(theirs) & Counter(ours)).total()
    return 2 * shared / (len(theirs) + len(ours))
