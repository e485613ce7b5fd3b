"""Texts as numbers of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.tokens import UNKNOWN
from ninefold.networks.layer import Dims, Flow


@dataclass(frozen=True)
class Tokens:
    """The view ``tokens``: int64 [N, length], 0 where a text has ended. A text without words is one word 0. Words from
    number ``words`` on are the word 1, unknown, where that is said."""

    length: int
    words: int | None = None

    @property
    def shape(self) -> Dims:
        return (self.length,)

    def held(self, x: Array) -> Any:
        import torch

        known = x if self.words is None else np.where(x < self.words, x, UNKNOWN)
        return torch.from_numpy(np.ascontiguousarray(known, np.int64))

    def forward(self, rows: Any) -> Flow:
        mask = rows != 0
        mask[:, 0] = True
        return Flow(rows, mask)

    def nodes(self, x: Var) -> Flow:
        tokens = op.cast(x, to=np.int64)
        if self.words is not None:
            tokens = op.where(op.less(tokens, const(self.words, np.int64)), tokens, const(UNKNOWN, np.int64))
        length = op.shape(tokens, start=1)
        first = op.equal(op.range(const(0, np.int64), op.squeeze(length), const(1, np.int64)), const(0, np.int64))
        said = op.not_(op.equal(tokens, const(0, np.int64)))
        return Flow(tokens, op.or_(said, first))
