"""chrF: how many runs of up to six characters translations and references share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics import _bleu
from ninefold.metrics._sentences import OfSentences


@dataclass(frozen=True)
class Chrf(OfSentences):
    """sacreBLEU's chrF2, from 0 to 100: kinder than BLEU to a right word with a wrong ending. Popović 2015.

    ``y`` [N] are the references and ``predictions`` [N, 1] what was said, as texts.
    """

    title: ClassVar[str] = "chrF"

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 18] what the score is made of, sentence by sentence."""
        return np.array([_bleu.chrf_counts(*pair) for pair in zip(y, predictions[:, 0], strict=True)]).reshape(-1, 18)

    def of(self, counts: Array) -> float:
        return _bleu.chrf(counts.sum(axis=0))
