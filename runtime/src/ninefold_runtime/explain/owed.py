"""What an answer in words owes to each word that it was asked with: the graph is asked how likely that very answer is
without it. No other answer is searched for, so that nothing but the word makes the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Owed, Owing, SaidWord
from ninefold_runtime.explain.lime_text import Spans, stretches, without
from ninefold_runtime.language.answerer import Answer, Answerer
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.translator import Translator
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.model import Model
from ninefold_runtime.tokenizer import PADDING, Tokenizer

AT_ONCE = 16
"""Sources that one answer is held against together: each takes a probability of every token there is."""
LEAST, NEAR, MOST = 0.05, 0.5, 3
"""What a word must lose at least, of probability and of the most that it loses, to owe something to a source word; and
source words that it owes to, at most."""


def of_question(reader: Reader, question: str, answer: Answer) -> Owed:
    """What ``answer`` owes to the words of the question, each left out; all of the passage that was read stays."""
    spans = stretches(question)
    asked = [question, "", *(without(question, [span]) for span in spans)]
    value, base, *others = np.exp(reader.logs(asked, answer.passage, answer.start, answer.end)).tolist()
    return Owed(question, answer.text, value, base, _losses(spans, value, others))


def of_source(voice: Voice, source: str, tokens: Sequence[int]) -> Owed:
    """What a translation, and each word of it, owes to the words of the source, as it is read: each is hidden, as
    padding is, and all others stay where they are."""
    heard = voice.sources([source])[0]
    read, said = (_Cut.of(voice.tokenizer, each) for each in (heard[:-1].tolist(), tokens))
    shown = np.repeat(heard[None], 2 + len(read.words), axis=0)
    shown[1, :-1] = PADDING
    for hidden, (_, own) in zip(shown[2:], read.words, strict=True):
        hidden[own] = PADDING
    parts = (shown[start : start + AT_ONCE] for start in range(0, len(shown), AT_ONCE))
    logs = np.concatenate([voice.forced(part, tokens) for part in parts])
    value, base, *others = np.exp(logs.mean(axis=1)).tolist()
    losses = _losses([span for span, _ in read.words], value, others)
    return Owed(read.text, said.text, value, base, losses, tuple(_owing(said, logs, read)))


def _losses(spans: Spans, value: float, others: Sequence[float]) -> list[tuple[tuple[int, int], float]]:
    return [(span, value - other) for span, other in zip(spans, others, strict=True)]


@dataclass(frozen=True)
class _Cut:
    """A text of tokens, and of each word where it stands and which tokens it is; marks go with the word before them."""

    text: str
    words: list[tuple[tuple[int, int], list[int]]]

    @classmethod
    def of(cls, tokenizer: Tokenizer, tokens: Sequence[int]) -> _Cut:
        ends = [len(tokenizer.utf8(tokens[:count]).decode("utf-8", "ignore")) for count in range(len(tokens) + 1)]
        text = tokenizer.utf8(tokens).decode("utf-8", "ignore")
        begins = [start for start, _ in stretches(text)]
        within = np.searchsorted(begins, [max(end - 1, start) for start, end in pairwise(ends)], "right").clip(min=1)
        groups = (list(group) for _, group in groupby(range(len(tokens)), key=within.__getitem__))
        return cls(text, [(_span(text, ends[own[0]], ends[own[-1] + 1]), own) for own in groups])


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    """The same without the space around it."""
    own = text[start:end]
    return start + len(own) - len(own.lstrip()), start + len(own.rstrip())


def _owing(said: _Cut, logs: Array, read: _Cut) -> Iterator[SaidWord]:
    """``logs`` [2 + source words, T + 1] of the tokens that were said and of their end, with all of the source, with
    nothing of it, and with all but one word."""
    for (start, end), own in said.words:
        chances = np.exp(logs[:, own].sum(axis=1))
        falls = chances[0] - chances[2:]
        most = float(falls.max(initial=0.0))
        heavy = np.flatnonzero(falls >= max(LEAST, NEAR * most))
        kept = sorted(heavy[np.argsort(-falls[heavy], kind="stable")][:MOST].tolist())
        owes = " ".join(read.text[slice(*read.words[place][0])] for place in kept)
        yield SaidWord(said.text[start:end], owes, most)


def owing(model: Model) -> Owing | None:
    """How a model that answers in words tells what it owes of a row; None where it gives no such answers."""
    if isinstance(model, Answerer):
        return lambda row: _answered(model, row)
    return (lambda row: _translated(model, row)) if isinstance(model, Translator) else None


def _answered(model: Answerer, row: Arrays) -> Owed:
    question, passage = (str(row[name][0]) for name in model.schema.names)
    (answer,) = model.answers([question], [passage])
    return of_question(model.reader, question, answer)


def _translated(model: Translator, row: Arrays) -> Owed:
    source = str(row[model.schema.names[0]][0])
    (said,) = model.say([source])
    return of_source(model.voice, source, said.tokens)
