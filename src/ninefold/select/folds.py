"""The scores of trials fold by fold, for what they say together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.results import Leaderboard, Trial

AGREEMENT = "rank_correlation"
"""What detectors are scored by: how they agree, not how good they are."""
FEWEST = 3
"""Folds, below which nothing can be said of how they agree."""


@dataclass(frozen=True, eq=False)
class Folds:
    """``scores`` [T, K] of ``trials`` that were scored on all K folds, higher being better; the baseline apart."""

    trials: tuple[Trial, ...]
    scores: NDArray[np.float64]
    baseline: float

    @property
    def best(self) -> int:
        return int(self.scores.mean(axis=1).argmax())


def folds(board: Leaderboard) -> Folds | None:
    """None where there are too few folds, or nothing was compared with the baseline."""
    base = next((trial for trial in board.trials if trial.learner == "baseline" and trial.scores), None)
    finished = [trial for trial in board.trials if trial.state == "finished" and trial.learner != "baseline"]
    count = max((len(trial.scores) for trial in finished), default=0)
    whole = tuple(trial for trial in finished if len(trial.scores) == count)
    if base is None or count < FEWEST or board.metric == AGREEMENT:
        return None
    sign = 1.0 if board.higher_is_better else -1.0
    return Folds(whole, sign * np.array([trial.scores for trial in whole]), sign * float(np.mean(base.scores)))
