"""Unigrams: how often each character comes, whatever stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Card
from ninefold.forms.speaking import Spoken, Texts, one_text
from ninefold.speakers._counted import looked_up
from ninefold.speakers._pieces import characters
from ninefold_runtime.tokenizer import Tokenizer


@dataclass(frozen=True)
class Unigrams:
    """What a language model must be better than."""

    card: ClassVar[Card] = Card(
        title="unigrams",
        solves=("language-model",),
        view="text",
        idea="Every character has the same probability everywhere.",
        inductive_bias="What came before does not matter.",
        cost="one look at the text",
        source="baseline",
        questions=(36,),
        family="baseline",
        seconds=0.1,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        text = one_text(texts)
        tokens = characters([text])
        counts = np.bincount(Tokenizer(tokens).encode(text), minlength=tokens.size) + 1.0 / tokens.size
        return looked_up(tokens, np.tile(np.log(counts / counts.sum()), (tokens.size, 1)))
