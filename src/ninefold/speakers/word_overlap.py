"""Word overlap: the answer is what stands among words of the question and is not one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, argument_of, compiled, const, op
from ninefold.forms.speaking import Read, Texts
from ninefold.networks.reading.graph import listed, log_probabilities, same_words, shapes_of, there
from ninefold.speakers._questions import reading_of
from ninefold_runtime.language.words import FIRST, NOWHERE, PADDING, SHAPES, words_of

WORDS = 50_000
SURE, RUN = 12.0, 2.0
"""What the whole question around a place is worth, in nats, and what an end of a run of possible words is."""
NEVER = -20.0
MARK = 3
"""The shape of what has neither letters nor digits."""


@dataclass(frozen=True)
class WordOverlap:
    """Finds answers by the words that a question shares with what stands around them, rare words counting more."""

    reach: int = setting(10, "Words to either side that count for a place", low=1, high=50, tiny=5)
    common: float = setting(0.1, "Words that so many passages have are no answers", low=0.001, high=1.0, log=True)
    least: float = setting(0.2, "Share of the question that must be found for there to be an answer", low=0.0, high=1.0)

    card: ClassVar[Card] = Card(
        title="word overlap",
        solves=("question-answering",),
        view="text",
        idea="Around the answer stand the words of the question; it is a run of rarer words that the question lacks.",
        inductive_bias="What a question means does not matter, only which words it has.",
        cost="one look at the passages",
        source="sliding window: Richardson et al. 2013; weights of words: Spärck Jones 1972",
        questions=(36,),
        family="baseline",
        seconds=0.5,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Read:
        passages = list(dict.fromkeys(texts.passages))
        reading = reading_of(texts, WORDS)
        counts = Counter(word for text in passages for word in dict.fromkeys(words_of(text)))
        having = np.array([*[len(passages)] * FIRST, *(counts[word] for word in reading.words), 1], np.float64)
        rare = np.log((1 + len(passages)) / (1 + having))
        possible = (having <= max(1.0, self.common * len(passages))).astype(np.float64)
        possible[[PADDING, NOWHERE]] = 0.0
        return Read(self._graph(rare, possible), reading)

    def _graph(self, rare: Array, possible: Array) -> bytes:
        inputs = {"question": argument_of(np.int64, ("N", "Q")), "passage": argument_of(np.int64, ("N", "P"))}
        question, passage = inputs.values()
        alike = op.reduce_max(same_words(question, passage), _whole([2]), keepdims=False)
        weighs = _of(rare, passage)
        asked = op.reduce_sum(_of(rare, question), _whole([1]), keepdims=True)
        found = op.div(self._around(op.mul(alike, weighs)), op.add(asked, const(1e-6, np.float32)))
        marks = op.equal(shapes_of(passage), _whole(MARK))
        may = op.mul(_of(possible, passage), op.sub(const(1.0, np.float32), alike))
        may = op.where(marks, const(0.0, np.float32), may)
        begins, ends = (self._scored(found, may, neighbour) for neighbour in ((1, 0), (0, 1)))
        nowhere = op.equal(passage, _whole(SHAPES * NOWHERE))
        least = const(SURE * self.least + RUN, np.float32)
        scores = [op.where(nowhere, least, part) for part in (begins, ends)]
        both = op.concat([op.unsqueeze(part, _whole([2])) for part in scores], axis=2)
        return compiled(inputs, log_probabilities(both, there(passage)))

    def _around(self, worth: Var) -> Var:
        """[N, P]: what stands around each place, the nearer the more."""
        near = 1 - np.abs(np.arange(-self.reach, self.reach + 1)) / (2 * self.reach)
        return _slid(worth, near)

    def _scored(self, found: Var, may: Var, neighbour: tuple[int, int]) -> Var:
        """[N, P]: that a run of possible words has an end here; ``neighbour`` says on which side of it."""
        beside = _slid(may, np.array([neighbour[0], 0.0, neighbour[1]]))
        ends = op.mul(const(RUN, np.float32), op.sub(const(1.0, np.float32), beside))
        worth = op.add(op.mul(const(SURE, np.float32), found), ends)
        return op.where(op.cast(may, to=np.bool_), worth, const(NEVER, np.float32))


def _slid(values: Var, window: Array) -> Var:
    """A window of weights over [N, P]."""
    wide, half = op.unsqueeze(values, _whole([1])), len(window) // 2
    made = op.conv(wide, const(window[None, None], np.float32), kernel_shape=[len(window)], pads=[half, half])
    return op.squeeze(made, _whole([1]))


def _of(table: Array, numbers: Var) -> Var:
    return op.gather(const(table, np.float32), listed(numbers, len(table) - 1), axis=0)


def _whole(value: object) -> Var:
    return const(value, np.int64)
