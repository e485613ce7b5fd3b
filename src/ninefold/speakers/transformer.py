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
from ninefold.networks.speech.shape import TABLES, Shape
from ninefold.speakers._meanings import aligned
from ninefold.speakers._pieces import pairs_encoded, said_first
from ninefold.speakers._teaching import taught
from ninefold_runtime.language.padding import padded
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import BEGIN, END, FIRST, Tokenizer, Tokens

if TYPE_CHECKING:
    from ninefold.networks.speech.network import Speaking

Pair = tuple[Array, Array]
"""Tokens of sources [N, S] and of answers [N, T]."""
EVEN = 16
"""Products whose sides are multiples of this are faster, by a half on some processors."""
LONGEST = 100
"""Tokens of a text: what graphs may compute of a row is bounded (`ninefold_runtime.safety.graph`)."""
HEAD = 32
"""Numbers of a head."""
CUTTING, ALIGNING = 0.1, 0.03
"""Shares of the time that finding pieces of words, and which belong together, may take."""
WIDTHS = ((2_000, 64), (10_000, 128))
"""Pairs below which a narrower network is enough, and its width."""
WIDE = 192
AFTER = 0.03
"""Share of the time that is left when the training ends: a graph is soon written."""
SEEN = 450_000
"""Pairs that are looked at in all, where the number of passes is not said."""
FEWEST_PASSES, MOST_PASSES = 10, 60


@dataclass(frozen=True)
class Transformer:
    """An encoder-decoder transformer over pieces of words, which both languages share; answers by beam search."""

    passes: int = setting(0, "Passes over the pairs; 0: by their number", low=0, high=200, tiny=2, grows=True)
    width: int = setting(0, "Numbers of a token; 0: by the number of pairs", low=0, high=1024, tiny=32)
    layers: int = setting(2, "Layers of the encoder, and of the decoder", low=1, high=8, tiny=1)
    pieces: int = setting(6_000, "Pieces of words at most", low=100, high=50_000, log=True, tiny=200)
    rate: float = setting(3e-3, "The highest learning rate", low=1e-5, high=1e-2, log=True)
    batch: int = setting(64, "Pairs of a batch", low=8, high=1024, log=True, tiny=16)
    dropout: float = setting(0.15, "Share of the numbers dropped while learning", low=0.0, high=0.5)
    smoothing: float = setting(0.1, "Share of each truth that is spread over all tokens", low=0.0, high=0.4)
    aligned: bool = setting(
        True, "Whether words of the source begin near the words they are translated by", choices=(False, True)
    )
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
        found = pairs_encoded(both, self.pieces, Clock(CUTTING * max(clock.left, 0.0)))
        tokens, said = said_first(found, texts.targets)
        readers = Tokenizer(tokens), Tokenizer(Tokens(pieces=tokens.pieces[:said]))
        learned, stop = (None if each is None else _tokens(*readers, each) for each in (texts, texts.stop))
        assert learned is not None
        shape = self._shape(tokens.size, FIRST + said, len(texts.sources))
        return taught(
            shape,
            tokens,
            Speech(width=shape.state, longest=LONGEST, beams=self.beams),
            self._plan(len(texts.sources)),
            lesson=lambda network: self._lesson(network, learned, stop, clock),
            asked=(learned[1][:, :-1], learned[0]),
            rng=rng,
            clock=clock,
            place=place,
        )

    def _shape(self, tokens: int, said: int, pairs: int) -> Shape:
        """A few more tokens may be said than are, for products are faster so."""
        width = self.width or next((width for fewer, width in WIDTHS if pairs < fewer), WIDE)
        heads = max(1, width // HEAD)
        return Shape(
            tokens,
            LONGEST + 1,
            width=heads * HEAD,
            heads=heads,
            hidden=4 * heads * HEAD,
            encoder=self.layers,
            decoder=self.layers,
            dropout=self.dropout,
            said=min(tokens, -(-said // EVEN) * EVEN),
        )

    def _plan(self, pairs: int) -> Plan:
        return Plan(
            self.passes or int(min(max(SEEN / max(1, pairs), FEWEST_PASSES), MOST_PASSES)),
            self.batch,
            self.rate,
            schedule="one_cycle",
            warm_up=0.15,
            decay=0.01,
            clip=1.0,
            optimiser="muon",
            tables=TABLES,
            precision="fast",
            reserve=AFTER,
        )

    def _lesson(self, network: Speaking, learned: Pair, stop: Pair | None, clock: Clock) -> tuple[Any, Any]:
        import torch

        from ninefold.networks.speech.lessons import Pairs

        if self.aligned:
            words = network.words.weight.detach()
            begun = aligned(words.numpy(), *learned, Clock(ALIGNING * max(clock.left, 0.0)))
            words.copy_(torch.from_numpy(begun))

        def of(pair: Pair) -> Pairs:
            return Pairs(network, torch.from_numpy(pair[0]), torch.from_numpy(pair[1]), self.smoothing)

        return of(learned), None if stop is None else of(stop)


def _tokens(reader: Tokenizer, answers: Tokenizer, texts: Texts) -> Pair:
    """Sources that end, answers that begin and end; cut where they are too long."""
    return padded(_cut(reader, texts.sources, [])), padded(_cut(answers, texts.targets, [BEGIN]))


def _cut(reader: Tokenizer, texts: Sequence[str], first: list[int]) -> list[list[int]]:
    return [[*first, *reader.encode(text)[: LONGEST - 1], END] for text in texts]
