"""Truncated singular value decomposition: a few dense columns for many that are mostly zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.features._singular import Projection, leading


@dataclass(frozen=True)
class TruncatedSvd:
    """[N, D] counts, weights of words or 0/1 columns to [N, C] coordinates along the leading singular vectors.

    Nothing is centred, so that a row of zeros stays one. Of TF-IDF weights this is latent semantic analysis
    (Deerwester and others 1990): texts that share no word but share topics come near each other.
    """

    components: int = setting(50, "columns to keep", low=1, high=500, log=True, tiny=3)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        values, axes = leading(block.values, self.components, rng)
        origin = block.names[0].split(" ~ ")[0] if block.names else ""
        return Projection(tuple(f"{origin} topic {i + 1}" for i in range(len(values))), None, axes.T)
