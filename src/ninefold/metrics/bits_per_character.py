"""Bits per character: how surprised a language model is by a text, whatever its tokens are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._sentences import OfSentences
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class BitsPerCharacter(OfSentences):
    """``y`` [N] are the characters of each text, ``predictions`` [N, 1] minus its log-probability in nats."""

    title: ClassVar[str] = "bits per character"
    solves: ClassVar[tuple[Task, ...]] = ("language-model",)
    higher_is_better: ClassVar[bool] = False

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 2]: characters and nats."""
        return np.column_stack([y, predictions[:, 0]])

    def of(self, counts: Array) -> float:
        characters, nats = counts.sum(axis=0)
        return float(nats / np.log(2) / characters)
