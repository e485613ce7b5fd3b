"""The torch module of a reading network. Loads torch: import this inside functions only."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from ninefold.core.table import Array
from ninefold.networks.layer import Flow
from ninefold.networks.reading.shape import Shape
from ninefold_runtime.language.words import PADDING, SHAPES

Weights = dict[str, Array]


class ReadingNetwork(nn.Module):  # type: ignore[misc]
    """A share ``hiding`` of the words counts as unknown at each step, so that it is learned to do without them."""

    def __init__(self, shape: Shape, hiding: float = 0.0) -> None:
        super().__init__()
        self.shape, self.hiding = shape, hiding
        self.words = nn.Embedding(shape.words + 1, shape.width)
        self.shapes = nn.Embedding(SHAPES, shape.width)
        for table in (self.words, self.shapes):
            nn.init.normal_(table.weight, std=shape.width**-0.5)
        self.same = nn.Parameter(torch.randn(shape.width) * shape.width**-0.5)
        self.encoder = shape.encoder.module((0, shape.width))
        self.reader = shape.reader.module((0, shape.width))
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, question: Any, passage: Any) -> tuple[Any, Any]:
        """[N, P, 2] scores of places that the answer begins or ends there, and [N, P] which places hold a word."""
        alike = (passage[:, :, None] // SHAPES == question[:, None, :] // SHAPES) & (passage != PADDING)[:, :, None]
        asked, read = self._encoded(question, alike.any(1)), self._encoded(passage, alike.any(2))
        flow = Flow(read.values, read.mask, asked.values, asked.mask)
        return self.shape.reader.forward(self.reader, flow).values, read.mask

    def _encoded(self, numbers: Any, alike: Any) -> Flow:
        unknown = self.shape.words
        words = (numbers // SHAPES).clamp(max=unknown)
        if self.training:
            words = torch.where(torch.rand(words.shape, device=words.device) < self.hiding, unknown, words)
        vectors = self.words(words) + self.shapes(numbers % SHAPES) + alike[:, :, None] * self.same
        there = numbers != PADDING
        there[:, 0] = True
        return self.shape.encoder.forward(self.encoder, Flow(self.drop(vectors), there))

    def log_probabilities(self, question: Any, passage: Any) -> Any:
        """[N, P, 2] in prediction."""
        was = self.training
        self.eval()
        with torch.inference_mode():
            scores, there = self(question, passage)
            told = scores.masked_fill(~there[:, :, None], -torch.inf).log_softmax(1)
        self.train(was)
        return told

    def weights(self) -> Weights:
        return {name: np.array(w.detach().cpu().numpy()) for name, w in self.state_dict().items()}
