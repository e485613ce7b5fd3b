"""Trigrams: the next character by the last two, backing off to the last one where these came seldom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.core.table import Array
from ninefold.forms.onnx import argument_of, compiled, const, ml, op
from ninefold.forms.speaking import Spoken, Texts
from ninefold.speakers._counted import WINDOW, read, smoothed
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import Tokens


@dataclass(frozen=True)
class Trigrams:
    """Counts runs of three characters; contexts that came too seldom are those of their last character."""

    discount: float = setting(0.75, "What is taken away from each count", low=0.0, high=1.0)
    contexts: int = setting(4_000, "Pairs of characters that have a row of their own", low=10, high=20_000, log=True)

    card: ClassVar[Card] = Card(
        title="trigrams",
        solves=("language-model",),
        view="text",
        idea="The next character depends on the last two.",
        inductive_bias="Nothing before the last two characters matters.",
        cost="one look at the text",
        source="Kneser and Ney 1995, interpolated",
        questions=(36,),
        family="statistics",
        seconds=1.0,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Spoken:
        tokens, said = read(texts)
        return _graph(tokens, *self._tables(said, tokens.size))

    def _tables(self, said: Array, size: int) -> tuple[Array, Array]:
        """[V + K, V] log-probabilities, those after single characters first, and the K pairs that have their own."""
        pairs = np.bincount(said[:-1] * size + said[1:], minlength=size**2).astype(np.float64).reshape(size, -1)
        follows = (pairs > 0).sum(axis=0) + 1.0 / size
        after_one = smoothed(pairs, follows / follows.sum(), self.discount)
        before = said[:-2] * size + said[1:-1]
        kinds, counts = np.unique(before, return_counts=True)
        kept = np.sort(kinds[np.argsort(-counts, kind="stable")[: self.contexts]])
        place = np.searchsorted(kept, before)
        there = np.isin(before, kept)
        triples = np.zeros((len(kept), size))
        np.add.at(triples, (place[there], said[2:][there]), 1)
        after_two = smoothed(triples, after_one[kept % size], self.discount)
        return np.log(np.vstack([after_one, after_two])), kept


def _graph(tokens: Tokens, table: Array, kept: Array) -> Spoken:
    """The state holds the tokens; one before the first is the padding, of which no pair is kept."""
    token = argument_of(np.int64, ("N", "T"))
    inputs = {"token": token, "state": argument_of(np.float32, ("N", "P", 1))}
    fresh = op.unsqueeze(op.cast(token, to=np.float32), const([2], np.int64))
    after = op.concat([inputs["state"], fresh], axis=1)
    whole = op.cast(op.squeeze(op.pad(after, const([0, 1, 0, 0, 0, 0], np.int64)), const([2], np.int64)), to=np.int64)
    before, last = (op.shape(block, start=1, end=2) for block in (inputs["state"], after))
    two_ago = op.slice(whole, before, last, const([1], np.int64))
    pair = op.add(op.mul(two_ago, const(tokens.size, np.int64)), token)
    keys, values = kept.astype(np.int64), tokens.size + np.arange(len(kept))
    row = ml.label_encoder(pair, keys_tensor=keys, values_tensor=values.astype(np.int64), default_tensor=np.array([-1]))
    row = op.where(op.less(row, const(0, np.int64)), token, row)
    outputs = {"log_probability": op.gather(const(table, np.float32), row, axis=0), "next_state": after}
    return Spoken(compiled(inputs, outputs), tokens, Speech(width=1, longest=WINDOW, window=WINDOW))
