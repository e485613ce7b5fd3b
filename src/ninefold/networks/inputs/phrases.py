"""Texts as the words and phrases that they have, in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.grams import Grams
from ninefold.forms.onnx import Var, const, op
from ninefold.networks.layer import Dims, Flow


@dataclass(frozen=True, eq=False)
class Phrases:
    """The view ``tokens``, int64 [N, width], as numbers of ``grams``, each once a text, 0 where there are no more. A
    text without any is one number 0."""

    grams: Grams
    width: int

    @property
    def shape(self) -> Dims:
        return (self.grams.places(self.width),)

    def held(self, x: Array) -> Any:
        import torch

        found = self.grams.found(x)
        rows = np.zeros((len(x), *self.shape), np.int64)
        for row in range(len(x)):
            have = found.indices[found.indptr[row] : found.indptr[row + 1]]
            rows[row, : len(have)] = have + 1
        return torch.from_numpy(rows)

    def forward(self, rows: Any) -> Flow:
        mask = rows != 0
        mask[:, 0] |= ~mask.any(1)
        return Flow(rows, mask)

    def nodes(self, x: Var) -> Flow:
        found = self.grams.nodes(op.cast(x, to=np.int64), self.width)
        there = op.greater(found, const(0, np.int64))
        none = op.equal(op.reduce_max(found, const([1], np.int64), keepdims=True), const(0, np.int64))
        return Flow(found, op.or_(there, none))
