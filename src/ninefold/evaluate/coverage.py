"""Of quantiles: is the promised share of the sealed values below each of them?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.results import Coverage
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled

RESAMPLES = 200


def coverage(
    answers: Answers, levels: tuple[float, ...], how: Resampling, rng: np.random.Generator
) -> tuple[Coverage, ...]:
    """One entry for each of the ``levels``, with the 95 % interval of the share observed; none where there is none."""
    if not levels:
        return ()
    below = answers.y[:, None] <= answers.predictions

    def measure(index: Index) -> NDArray[np.float64]:
        return np.asarray(below[index].mean(axis=0), np.float64)

    shares = below.mean(axis=0)
    samples = resampled(measure, how, rng, Clock(), RESAMPLES)
    limits = [how.interval(float(share), samples[:, place]) for place, share in enumerate(shares)]
    found = zip(levels, shares.tolist(), limits, strict=True)
    return tuple(Coverage(level, share, low, high) for level, share, (low, high) in found)
