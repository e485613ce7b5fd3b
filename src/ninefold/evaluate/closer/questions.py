"""Questions that were answered worst, and some that were answered rightly: what was said and what is true, both marked
in the passage, and what the answer loses without each word of the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.closer import Seen, SeenAnswer
from ninefold.core.section import Word
from ninefold.core.table import Array
from ninefold.evaluate.closer.texts import pieces
from ninefold.forms.spans import places
from ninefold.forms.speaking import Texts
from ninefold_runtime.explain.owed import of_question
from ninefold_runtime.language.answerer import Answer
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.words import cut

WORST, RIGHT = 5, 2
"""Questions that are shown."""
AROUND = 200
"""Letters of a passage that are shown on both sides of an answer; of one without any, from its beginning."""
LONGEST = 100
"""Letters of an answer that names a row."""
Span = tuple[int, int]


def answers_of(
    texts: Texts, found: Sequence[Answer], worth: Array, reader: Reader, clock: Clock
) -> Iterator[SeenAnswer]:
    """``worth`` [N], from 0 to 1, is that of the answers ``found``."""
    sure = np.array([each.score for each in found])
    for place in _picked(found, worth, sure):
        if clock.left <= 0:
            return
        yield _seen(texts, found, place, reader, right=bool(worth[place] == 1))


def _picked(found: Sequence[Answer], worth: Array, sure: Array) -> Iterator[int]:
    """Those worth least, of equal ones the surest first; then right ones that are as sure as right ones usually are."""
    order = np.lexsort((-sure, worth))
    yield from order[worth[order] < 1][:WORST].tolist()
    right = [place for place in np.argsort(sure, kind="stable").tolist() if worth[place] == 1 and found[place].text]
    middle = max(0, (len(right) - RIGHT) // 2)
    yield from right[middle : middle + RIGHT]


def _seen(texts: Texts, found: Sequence[Answer], place: int, reader: Reader, *, right: bool) -> SeenAnswer:
    question, passage, truth, said = texts.sources[place], texts.passages[place], texts.targets[place], found[place]
    owed = of_question(reader, question, said)
    row = Seen(_named(truth), f"{_named(said.text)} ({said.score:.0%})", _named(said.text))
    given = None if said.start < 0 else (said.start, said.end)
    shown = tuple(marked(passage, given, _true(passage, truth, given)))
    return SeenAnswer(row, tuple(pieces(question, owed.losses)), shown, right)


def _named(answer: str) -> str:
    shown = answer if len(answer) <= LONGEST else f"{answer[:LONGEST]}…"
    return f"“{shown}”" if answer else "no answer"


def _true(passage: str, truth: str, said: Span | None) -> Span | None:
    """Where the passage has the true answer: where it was said, at least in part, else for the first time."""
    spans = cut(passage)
    found = [(spans[first][0], spans[last][1]) for first, last in places(passage, spans, truth)]
    met = [span for span in found if said is not None and span[0] < said[1] and said[0] < span[1]]
    return next(iter((*met, *found)), None)


def marked(passage: str, said: Span | None, true: Span | None) -> Iterator[Word]:
    """The passage in pieces, those that were said or are true marked; what is far from both is left out."""
    near = [_near(passage, span) for span in (said, true) if span is not None] or [_near(passage, (0, 0))]
    bounds = (span for span in (said, true, *near) if span is not None)
    for start, end in pairwise(sorted({0, len(passage), *chain.from_iterable(bounds)})):
        is_said, is_true = (span is not None and span[0] <= start and end <= span[1] for span in (said, true))
        if is_said or is_true:
            yield Word(passage[start:end], mark="both" if is_said and is_true else "said" if is_said else "true")
        elif any(low <= start and end <= high for low, high in near):
            yield Word(passage[start:end])
        else:
            yield Word(" … ")


def _near(passage: str, span: Span) -> Span:
    """What is shown around a span: whole words."""
    words = cut(passage)
    start = min((a for a, _ in words if a >= span[0] - AROUND), default=0)
    end = max((b for _, b in words if b <= span[1] + AROUND), default=0)
    return (start if start > words[0][0] else 0, end if end < words[-1][1] else len(passage)) if words else (0, 0)
