"""Calibration: of the rows given 80 %, do 80 % come true?

Rows are put into bins of equal mass by the probability given (binary: of the positive class; otherwise of the most
probable one). The expected calibration error is the mean distance of given and observed share over the bins
(Naeini et al. 2015; equal mass after Nguyen and O'Connor 2015). It is never zero on a sample, so it is judged
against the error that perfectly calibrated probabilities would show on it (consistency resampling, Bröcker and
Smith 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.results import CalibrationBin
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling, mean_and_error, wilson

BINS = 10
DRAWN = 4_000_000
"""Outcomes simulated to learn what chance does: 200 samples of up to 20,000 rows, fewer of more."""


@dataclass(frozen=True)
class Reliability:
    """The probability ``given`` [N], whether it came ``true`` [N] (0 or 1), and each row's bin [N]."""

    given: NDArray[np.float64]
    true: NDArray[np.float64]
    bin: NDArray[np.int64]

    def take(self, index: Array) -> Reliability:
        return Reliability(self.given[index], self.true[index], self.bin[index])

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1."""
        return float(np.abs(np.bincount(self.bin, self.true - self.given)).sum() / len(self.given))

    def bins(self, how: Resampling) -> tuple[CalibrationBin, ...]:
        """The bins in rising order; rows that are drawn together count for less in the intervals."""
        parts = [np.flatnonzero(self.bin == code) for code in range(int(self.bin.max()) + 1)]
        return tuple(self._bin(part, how.codes[part]) for part in parts)

    def _bin(self, part: NDArray[np.int64], units: NDArray[np.int64]) -> CalibrationBin:
        share, rows = float(self.true[part].mean()), len(part)
        limits = wilson(share, rows / _repeated(self.true[part], units))
        return CalibrationBin(float(self.given[part].mean()), share, rows, *limits)

    def chance(self, rng: np.random.Generator) -> float:
        """The error that perfectly calibrated probabilities stay under on 95 % of samples like this one."""
        times = min(200, max(40, DRAWN // len(self.given)))
        errors = [
            Reliability(self.given, (rng.random(len(self.given)) < self.given).astype(np.float64), self.bin).error
            for _ in range(times)
        ]
        return float(np.quantile(errors, 0.95))


def _repeated(true: NDArray[np.float64], units: NDArray[np.int64]) -> float:
    """How many rows say as much as one that is drawn alone (Kish's design effect); 1 where each is drawn alone."""
    share, error = mean_and_error(true, units)
    alone = share * (1 - share) / len(true)
    return max(error**2 / alone, 1.0) if alone > 0 else 1.0


def reliability(answers: Answers) -> Reliability:
    """The calibration of class probabilities."""
    if answers.predictions.shape[1] == 2:
        given, true = answers.predictions[:, 1], answers.y == 1
    else:
        given, true = answers.predictions.max(axis=1), answers.predictions.argmax(axis=1) == answers.y
    return Reliability(given, true.astype(np.float64), equal_mass(given, BINS))


def equal_mass(values: Array, bins: int) -> NDArray[np.int64]:
    """Bin of each value [N], 0, 1, … without gaps; equal values share a bin, so heavy ties make fewer bins."""
    edges = np.quantile(values, np.arange(1, bins) / bins)
    return np.asarray(np.unique(np.searchsorted(edges, values, side="left"), return_inverse=True)[1], np.int64)
