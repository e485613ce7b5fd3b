"""Errors of one number by the size of its prediction: are some bands too high or too low, and do errors grow?"""

from __future__ import annotations

import numpy as np

from ninefold.core.mistakes import Band
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import NORMAL, Resampling, mean_and_error
from ninefold.evaluate.calibration import equal_mass
from ninefold.metrics.rank_correlation import RankCorrelation
from ninefold_runtime.pvalues import holm, normal_below

BANDS, FEWEST = 10, 30
RISK = 0.05


def bands_of(answers: Answers, how: Resampling) -> tuple[Band, ...]:
    """Up to ten bands with as many rows each, at least 30; p-values are corrected over them (Holm 1979)."""
    predicted = answers.predictions[:, 0]
    residual = np.asarray(answers.y - predicted, np.float64)
    bins = equal_mass(predicted, min(BANDS, max(len(predicted) // FEWEST, 1)))
    parts = [np.flatnonzero(bins == code) for code in range(int(bins.max()) + 1)]
    told = [mean_and_error(residual[part], how.codes[part]) for part in parts]
    chances = holm([_chance(mean, error) for mean, error in told])
    return tuple(
        Band(
            low=float(predicted[part].min()),
            high=float(predicted[part].max()),
            rows=len(part),
            bias=mean,
            bias_low=mean - NORMAL * error,
            bias_high=mean + NORMAL * error,
            p=chance,
            spread=float(residual[part].std()),
        )
        for part, (mean, error), chance in zip(parts, told, chances, strict=True)
    )


def _chance(mean: float, error: float) -> float:
    return min(1.0, 2 * normal_below(abs(mean) / error)) if error > 0 else float(mean == 0)


def growth(answers: Answers, how: Resampling) -> float | None:
    """Rank correlation of prediction and size of error; None where chance, with its standard error of 1 / √(units - 1),
    could have made it."""
    found = RankCorrelation().score(np.abs(answers.y - answers.predictions[:, 0]), answers.predictions)
    beyond = 2 * normal_below(abs(found) * float(np.sqrt(how.units - 1))) <= RISK
    return found if how.units >= FEWEST and beyond else None
