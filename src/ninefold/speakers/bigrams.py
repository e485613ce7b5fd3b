"""Bigrams: how often each character comes after each other one, backing off to how it comes at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.forms.speaking import Spoken, Texts
from ninefold.speakers._counted import looked_up, read, smoothed


@dataclass(frozen=True)
class Bigrams:
    """Counts pairs of characters; pairs that never came get what all others give away."""

    discount: float = setting(0.75, "What is taken away from each count", low=0.0, high=1.0)

    card: ClassVar[Card] = Card(
        title="bigrams",
        solves=("language-model",),
        view="text",
        idea="The next character depends on the last one.",
        inductive_bias="Nothing before the last character matters.",
        cost="one look at the text",
        source="Kneser and Ney 1995, interpolated",
        questions=(36,),
        family="statistics",
        seconds=0.5,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        tokens, said = read(texts)
        pairs = np.bincount(said[:-1] * tokens.size + said[1:], minlength=tokens.size**2).astype(np.float64)
        counts = pairs.reshape(tokens.size, -1)
        follows = (counts > 0).sum(axis=0) + 1.0 / tokens.size  # after how many others, not how often
        return looked_up(tokens, np.log(smoothed(counts, follows / follows.sum(), self.discount)))
