"""A dictionary learned from pairs: IBM model 1 says which word of a target each word of a source became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.core.table import Array
from ninefold.forms.speaking import Spoken, Texts
from ninefold.speakers._aligning import FLOOR, model_1, together
from ninefold.speakers._pieces import whole_words
from ninefold.speakers._word_by_word import LONGEST, word_by_word
from ninefold_runtime.tokenizer import FIRST, Tokenizer


@dataclass(frozen=True)
class Dictionary:
    """Translates word by word, in the order of the source, by the likeliest word of a dictionary."""

    rounds: int = setting(8, "Rounds of expectation maximisation", low=1, high=30, tiny=3, grows=True)
    words: int = setting(30_000, "Words of both languages together at most", low=100, high=90_000, log=True, tiny=500)

    card: ClassVar[Card] = Card(
        title="dictionary",
        solves=("translation",),
        view="text",
        idea="Words that come together in many pairs are translations of one another; expectation maximisation says "
        "which, starting from none.",
        inductive_bias="Each word has one translation, whatever stands around it, and words keep their order.",
        cost="rounds times the sum of source words times target words",
        source="Brown et al. 1993, IBM model 1",
        questions=(36,),
        family="statistics",
        seconds=10.0,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        tokens = whole_words([*texts.sources, *texts.targets], self.words)
        reader = Tokenizer(tokens)
        source, target = together(*(_read(reader, some) for some in (texts.sources, texts.targets)))
        pairs, share = model_1(source, target, tokens.size, self.rounds, clock)
        said, sure = np.arange(tokens.size), np.zeros(tokens.size)
        order = np.lexsort((share, pairs // tokens.size))
        last = np.flatnonzero(np.r_[np.diff(pairs[order] // tokens.size) != 0, True]) if len(order) else order
        best = order[last]
        said[pairs[best] // tokens.size] = pairs[best] % tokens.size
        sure[pairs[best] // tokens.size] = np.log(np.clip(share[best], FLOOR, 1))
        spelled = np.flatnonzero([True] * FIRST + [piece.isalnum() or piece.isspace() for piece in tokens.pieces])
        said[spelled], sure[spelled] = spelled, 0.0  # a word on no list stays, space and letters
        return word_by_word(tokens, said, sure)


def _read(reader: Tokenizer, texts: Sequence[str]) -> list[Array]:
    return [np.array(reader.encode(text)[:LONGEST], np.int64) for text in texts]
