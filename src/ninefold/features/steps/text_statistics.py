"""Simple statistics of texts: length, words, and which kinds of characters they are made of."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.forms.onnx import Var, const, ml, op
from ninefold.forms.tokens import PAD, characters

PARTS = ("characters", "words", "capitals", "digits", "punctuation")
_CODES = {" ": 1.0} | dict.fromkeys(string.ascii_uppercase, 2.0) | dict.fromkeys(string.digits, 3.0)
_CODES |= dict.fromkeys(string.punctuation, 4.0) | {PAD: -1.0}


@dataclass(frozen=True)
class TextStatistics:
    """[N, k] strings to [N, 5k]: characters and words counted, capitals, digits and punctuation as shares of the
    characters. The empty string is all zeros."""

    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        return _Fitted(tuple(f"{name} {part}" for name in block.names for part in PARTS))


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        width = len(self.names) // len(PARTS)
        columns = [op.gather(block, const(i, np.int64), axis=1) for i in range(width)]
        return op.concat([part for text in columns for part in _statistics(text)], axis=1)


def _statistics(text: Var) -> list[Var]:
    """Five columns [N, 1] of one column of texts [N]."""
    codes = ml.label_encoder(
        characters(text),
        keys_tensor=np.array(list(_CODES), np.str_),
        values_tensor=np.array(list(_CODES.values()), np.float64),
        default_tensor=np.array([0.0]),
    )
    length = _sum(op.greater_or_equal(codes, const(0.0)))
    some = op.max([length, const(1.0)])
    shares = [op.div(_sum(op.equal(codes, const(code))), some) for code in (2.0, 3.0, 4.0)]
    present = op.cast(op.greater(length, const(0.0)), to=np.float64)
    spaces = _sum(op.equal(codes, const(1.0)))
    return [length, op.add(spaces, present), *shares]


def _sum(marks: Var) -> Var:
    return op.reduce_sum(op.cast(marks, to=np.float64), const([1], np.int64), keepdims=1)
