"""A transformer that reads the whole source and then says the answer, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.core.table import Array
from ninefold.forms.speaking import Spoken, Texts
from ninefold.networks.plan import Plan
from ninefold.networks.speech.shape import Shape
from ninefold.speakers._pieces import pairs_encoded
from ninefold.speakers._teaching import taught
from ninefold_runtime.language.voice import padded
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import BEGIN, END, Tokenizer

if TYPE_CHECKING:
    from ninefold.networks.speech.network import Speaking

LONGEST = 100
"""Tokens of a text: what graphs may compute of a row is bounded (`ninefold_runtime.safety.graph`)."""
HEAD = 32
"""Numbers of a head."""
CUTTING = 0.1
"""Share of the time that finding pieces of words may take."""
WIDTHS = ((2_000, 64), (10_000, 128))
"""Pairs below which a narrower network is enough, and its width."""
WIDE = 192
SEEN = 300_000
"""Pairs that are looked at in all, where the number of passes is not said."""
FEWEST_PASSES, MOST_PASSES = 10, 60


@dataclass(frozen=True)
class Transformer:
    """An encoder-decoder transformer over pieces of words, which both languages share; answers by beam search."""

    passes: int = setting(0, "Passes over the pairs; 0: by their number", low=0, high=200, tiny=2, grows=True)
    width: int = setting(0, "Numbers of a token; 0: by the number of pairs", low=0, high=1024, tiny=32)
    layers: int = setting(2, "Layers of the encoder, and of the decoder", low=1, high=8, tiny=1)
    pieces: int = setting(6_000, "Pieces of words at most", low=100, high=50_000, log=True, tiny=200)
    rate: float = setting(2e-3, "The highest learning rate", low=1e-5, high=1e-2, log=True)
    batch: int = setting(64, "Pairs of a batch", low=8, high=1024, log=True, tiny=16)
    dropout: float = setting(0.1, "Share of the numbers dropped while learning", low=0.0, high=0.5)
    smoothing: float = setting(0.1, "Share of each truth that is spread over all tokens", low=0.0, high=0.4)
    beams: int = setting(5, "Answers that are followed at once", low=1, high=32)

    card: ClassVar[Card] = Card(
        title="transformer",
        solves=("translation",),
        view="text",
        idea="Each token of the source looks at all others; each token of the answer looks at those before it and at "
        "the source, and says the next.",
        inductive_bias="Hardly any: what belongs together must be learned, order and alignment too.",
        cost="passes times tokens times weights, and the squares of lengths",
        source="Vaswani et al. 2017; pieces of words: Sennrich et al. 2016",
        questions=(36, 37, 38),
        family="deep",
        seconds=300.0,
        promise=0.8,
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        both = [*texts.sources, *texts.targets]
        tokens = pairs_encoded(both, self.pieces, Clock(CUTTING * max(clock.left, 0.0)))
        reader, count = Tokenizer(tokens), len(texts.sources)
        width = self.width or next((width for fewer, width in WIDTHS if count < fewer), WIDE)
        width = max(HEAD, width // HEAD * HEAD)
        shape = Shape(tokens.size, LONGEST + 1, width, width // HEAD, 4 * width, self.layers, self.layers, self.dropout)
        source, answer = _tokens(reader, texts)
        return taught(
            shape,
            tokens,
            Speech(width=shape.state, longest=LONGEST, beams=self.beams),
            self._plan(count),
            lesson=lambda network: self._lesson(network, source, answer, reader, texts.stop),
            asked=(answer[:, :-1], source),
            rng=rng,
            clock=clock,
            place=place,
        )

    def _plan(self, pairs: int) -> Plan:
        passes = self.passes or int(min(max(SEEN / max(1, pairs), FEWEST_PASSES), MOST_PASSES))
        return Plan(passes, self.batch, self.rate, schedule="one_cycle", warm_up=0.15, decay=0.01, clip=1.0)

    def _lesson(
        self, network: Speaking, source: Array, answer: Array, reader: Tokenizer, stop: Texts | None
    ) -> tuple[Any, Any]:
        import torch

        from ninefold.networks.speech.lessons import Pairs

        def of(a: Array, b: Array) -> Pairs:
            return Pairs(network, torch.from_numpy(a), torch.from_numpy(b), self.smoothing)

        return of(source, answer), None if stop is None else of(*_tokens(reader, stop))


def _tokens(reader: Tokenizer, texts: Texts) -> tuple[Array, Array]:
    """Sources that end, answers that begin and end; cut where they are too long."""
    return padded(_cut(reader, texts.sources, [])), padded(_cut(reader, texts.targets, [BEGIN]))


def _cut(reader: Tokenizer, texts: Sequence[str], first: list[int]) -> list[list[int]]:
    return [[*first, *reader.encode(text)[: LONGEST - 1], END] for text in texts]
