"""How a reading network is made, as plain data: convolutions see what stands near, attention what stands far and what
is asked (a small QANet: Yu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.cross_attention import CrossAttention
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.layer_norm import LayerNorm
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential

WINDOW = 5
"""Words that a convolution sees at once."""
DILATIONS = (1, 2, 4)
"""Gaps between them, from one convolution of a block to the next."""
ENDS = 2
"""Scores of a place: that the answer begins, and that it ends there."""


@dataclass(frozen=True)
class Shape:
    """``words``: from this one on they are on no list (`ninefold_runtime.language.words`); ``heads`` divides
    ``width``, the numbers of a word."""

    words: int
    width: int
    heads: int
    blocks: int
    dropout: float = 0.0

    @property
    def encoder(self) -> Layer:
        """Question and passage each for itself."""
        return Sequential((self._near(1), self._near(1), LayerNorm()))

    @property
    def reader(self) -> Layer:
        """The passage, with the question as its memory, to the scores of each place."""
        asked = self._around(CrossAttention(self.heads, self.dropout))
        blocks = [part for _ in range(self.blocks) for part in self._block()]
        return Sequential((asked, *blocks, LayerNorm(), Dense(ENDS)))

    def _block(self) -> tuple[Layer, ...]:
        thinks = Sequential((Dense(2 * self.width), Activation("relu"), Dense(self.width)))
        near = [self._near(dilation) for dilation in DILATIONS]
        return (*near, self._around(Attention(self.heads, dropout=self.dropout)), self._around(thinks))

    def _near(self, dilation: int) -> Layer:
        return self._around(Sequential((Conv1d(self.width, WINDOW, dilation), Activation("relu"))))

    def _around(self, inner: Layer) -> Layer:
        return Residual(Sequential((LayerNorm(), inner, Dropout(self.dropout))))
