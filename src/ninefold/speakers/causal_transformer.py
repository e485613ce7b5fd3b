"""A transformer that says the next token of a text from those before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.core.table import Array
from ninefold.forms.speaking import Spoken, Texts, one_text
from ninefold.networks.plan import Plan
from ninefold.networks.speech.shape import Shape
from ninefold.speakers._pieces import characters, pairs_encoded
from ninefold.speakers._teaching import taught
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import Tokenizer

if TYPE_CHECKING:
    from ninefold.networks.speech.network import Speaking

BATCHES = 200
"""Batches of a pass, of which a text has no other measure."""
HEAD = 32
CUTTING = 0.1
ASKED = 4


@dataclass(frozen=True)
class CausalTransformer:
    """A causal transformer over characters, or over pieces of words. The settings are those of nanoGPT on a CPU."""

    passes: int = setting(10, "Passes of 200 batches", low=1, high=500, tiny=1, grows=True)
    cut: str = setting("characters", "What a token is", choices=("characters", "pieces"))
    pieces: int = setting(4_000, "Pieces of words at most", low=100, high=50_000, log=True, tiny=200)
    width: int = setting(128, "Numbers of a token", low=32, high=1024, log=True, tiny=32)
    layers: int = setting(4, "Layers", low=1, high=12, tiny=1)
    window: int = setting(64, "Tokens looked back on", low=8, high=512, log=True, tiny=16)
    batch: int = setting(12, "Windows of a batch", low=1, high=512, log=True, tiny=8)
    rate: float = setting(2e-3, "The highest learning rate", low=1e-5, high=1e-2, log=True)
    dropout: float = setting(0.0, "Share of the numbers dropped while learning", low=0.0, high=0.5)

    card: ClassVar[Card] = Card(
        title="causal transformer",
        solves=("language-model",),
        view="text",
        idea="Each token looks at those before it, and says which comes next.",
        inductive_bias="Hardly any: what a word is, and what follows what, must be learned.",
        cost="batches times window times weights, and the square of the window",
        source="Radford et al. 2018; settings: nanoGPT",
        questions=(36, 37),
        family="deep",
        seconds=200.0,
        promise=0.8,
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        text = one_text(texts)
        if self.cut == "characters":
            tokens = characters([text])
        else:
            tokens = pairs_encoded([text], self.pieces, Clock(CUTTING * max(clock.left, 0.0)), collapse=False)
        reader = Tokenizer(tokens)
        width = max(HEAD, self.width // HEAD * HEAD)
        shape = Shape(tokens.size, self.window, width, width // HEAD, 4 * width, 0, self.layers, self.dropout)
        learned = np.array(reader.encode(text), np.int64)
        stop = None if texts.stop is None else np.array(reader.encode(one_text(texts.stop)), np.int64)
        rows = min(ASKED, max(1, len(learned) // self.window))
        return taught(
            shape,
            tokens,
            Speech(width=shape.state, longest=self.window, window=self.window),
            Plan(self.passes, self.batch, self.rate, schedule="one_cycle", warm_up=0.05, decay=0.1, clip=1.0),
            lesson=lambda network: self._lesson(network, learned, stop),
            asked=(np.resize(learned, (rows, min(self.window, len(learned)))), None),
            rng=rng,
            clock=clock,
            place=place,
        )

    def _lesson(self, network: Speaking, learned: Array, stop: Array | None) -> tuple[Any, Any]:
        import torch

        from ninefold.networks.speech.lessons import Windows

        watch = None
        if stop is not None and len(stop) > self.window:
            watch = Windows(network, torch.from_numpy(stop), self.window)
        return Windows(network, torch.from_numpy(learned), self.window), watch
