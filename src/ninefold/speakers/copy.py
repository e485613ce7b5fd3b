"""Copying: the source, token by token. Names, numbers and whatever both languages share come out right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Card
from ninefold.forms.speaking import Spoken, Texts
from ninefold.speakers._pieces import whole_words
from ninefold.speakers._word_by_word import word_by_word


@dataclass(frozen=True)
class Copy:
    """Says what it is told: what a translation must be better than."""

    card: ClassVar[Card] = Card(
        title="copy",
        solves=("translation",),
        view="text",
        idea="The answer is the source.",
        inductive_bias="Both languages are the same.",
        cost="nothing",
        source="baseline",
        questions=(36,),
        family="baseline",
        seconds=0.1,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        tokens = whole_words((), 0)
        return word_by_word(tokens, np.arange(tokens.size), np.zeros(tokens.size))
