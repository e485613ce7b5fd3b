"""Exact match: the share of texts that are the reference, letter by letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._sentences import OfSentences


@dataclass(frozen=True)
class ExactMatch(OfSentences):
    """Runs of white space are one space. ``y`` [N] and ``predictions`` [N, 1] are texts."""

    title: ClassVar[str] = "exact match"

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 2]: whether it is, and 1."""
        return np.array([(a.split() == b.split(), 1) for a, b in zip(y, predictions[:, 0], strict=True)]).reshape(-1, 2)

    def of(self, counts: Array) -> float:
        same, rows = counts.sum(axis=0)
        return float(same / rows)
