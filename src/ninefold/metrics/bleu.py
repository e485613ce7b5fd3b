"""BLEU: how many words, and runs of up to four, of the translations are in the references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics import _bleu
from ninefold.metrics._sentences import OfSentences


@dataclass(frozen=True)
class Bleu(OfSentences):
    """sacreBLEU's corpus BLEU with one reference, case kept, tokenised as ``13a``, from 0 to 100. Papineni et al. 2002.

    ``y`` [N] are the references and ``predictions`` [N, 1] what was said, as texts.
    """

    title: ClassVar[str] = "BLEU"

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 10] what the score is made of, sentence by sentence."""
        return np.array([_bleu.bleu_counts(*pair) for pair in zip(y, predictions[:, 0], strict=True)]).reshape(-1, 10)

    def of(self, counts: Array) -> float:
        return _bleu.bleu(counts.sum(axis=0))
