"""Texts as numbers of words, in the graph."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._spelling import Reader
from ninefold.forms.onnx import Var, const, ml, op
from ninefold.forms.tokens import BREAK, NOTHING, PAD, UNKNOWN, words

WHOLE = 0.995
"""Share of the training texts that are kept whole, unless they are very long."""


@dataclass(frozen=True)
class WordIds:
    """[N, k] texts to [N, T] word numbers, int64, the most frequent word first; texts of a row follow one another.

    Words are read as `ninefold.forms.tokens` says, without regard to case. A word of too few training texts is unknown
    like one never met: networks learn what to make of such words, and no rare word gets into a bundle.
    """

    most: int = setting(30_000, "words in the vocabulary", low=10, high=200_000, log=True, tiny=50)
    least: int = setting(2, "texts a word must occur in", low=2, high=100)
    longest: int = setting(512, "words of a row at most; what follows is cut off", low=8, high=4096, log=True, tiny=16)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        reader, texts_with, lengths = Reader(), Counter[str](), []
        for spoken in reader.read(_joined(block.values)):
            texts_with.update(set(spoken))
            lengths.append(len(spoken))
        least = min(self.least, max(1, len(lengths) // 2))
        often = sorted(
            (word for word, count in texts_with.items() if count >= least), key=lambda w: (-texts_with[w], w)
        )
        vocabulary = tuple(often[: self.most])
        length = int(np.clip(np.ceil(np.quantile(lengths, WHOLE)), 1, self.longest))
        names = tuple(f"{'+'.join(block.names)}[{i}]" for i in range(length))
        return _Fitted(names, len(block.names), vocabulary, reader.spellings(vocabulary))


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    columns: int
    vocabulary: tuple[str, ...]
    """Word number UNKNOWN + 1 is the first."""
    spellings: dict[str, str]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        number = {word: UNKNOWN + 1 + i for i, word in enumerate(self.vocabulary)}
        table = {way: number[word] for way, word in self.spellings.items()} | {PAD: NOTHING}
        found = ml.label_encoder(
            words(self._one(block)),
            keys_tensor=np.array(list(table), np.str_),
            values_tensor=np.array(list(table.values()), np.int64),
            default_tensor=np.array([UNKNOWN], np.int64),
        )
        length = len(self.names)
        padded = op.pad(found, const([0, 0, 0, length], np.int64), const(NOTHING, np.int64))
        start, end, axis = (const([i], np.int64) for i in (0, length, 1))
        return op.slice(padded, start, end, axis)

    def _one(self, block: Var) -> Var:
        """What `_joined` does, as nodes."""
        first, *more = (op.gather(block, const(i, np.int64), axis=1) for i in range(self.columns))
        for text in more:
            first = op.string_concat(op.string_concat(first, const(f" {BREAK} ", np.str_)), text)
        return first


def _joined(values: Array) -> Array:
    """[N, k] texts to [N]."""
    return np.array([f" {BREAK} ".join(row) for row in values.tolist()], object)
