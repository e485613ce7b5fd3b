"""The difference of two models on the same rows, and how much of it could be chance.

Both models are measured on the same resamples of the rows (Efron and Tibshirani 1993, chapter 8; for two systems Koehn
2004), so that what makes a row hard for both drops out. Intervals are those of every score (`diagnosis.intervals`).
Beside them stand the classical tests of the same question, where rows are drawn one by one: McNemar's for decisions
and DeLong's for the area under the ROC curve.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.comparison import Difference, PairedTest
from ninefold.core.protocols import Metric
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import MOST, Index, Resampling, resampled
from ninefold.metrics._ranking import ranks
from ninefold_runtime.pvalues import even_split, normal_below


def differences(
    metrics: Mapping[str, Metric],
    a: Answers,
    b: Answers,
    how: Resampling,
    *,
    rng: np.random.Generator,
    clock: Clock,
    most: int = MOST,
) -> tuple[tuple[Difference, ...], int]:
    """Every metric that the rows define for both, and the resamples behind the intervals."""
    values = {name: (a.score(metric), b.score(metric)) for name, metric in metrics.items()}
    defined = {name: metrics[name] for name, pair in values.items() if np.isfinite(pair).all()}
    signs = np.array([1.0 if metric.higher_is_better else -1.0 for metric in defined.values()])

    def gains(index: Index) -> NDArray[np.float64]:
        one, other = a.take(index), b.take(index)
        return np.asarray(signs * [other.score(metric) - one.score(metric) for metric in defined.values()])

    if not defined:
        return (), 0
    samples = resampled(gains, how, rng, clock, most)
    found = []
    for place, (name, metric) in enumerate(defined.items()):
        (of_a, of_b), sample = values[name], samples[:, place]
        gain = float((of_b - of_a) * signs[place]) + 0.0  # no -0
        low, high = how.interval(gain, sample)
        p = _p(how.spread(gain, sample))
        found.append(Difference(name, metric.title, metric.higher_is_better, of_a, of_b, gain, low, high, p))
    return tuple(found), len(samples)


def _p(samples: Array) -> float:
    """Twice the smaller share of resamples on one side of no difference, never 0 (Davison and Hinkley 1997, 4.2)."""
    known = samples[np.isfinite(samples)]
    sides = ((known <= 0).sum(), (known >= 0).sum())
    return min(1.0, 2 * (1 + float(min(sides))) / (1 + known.size))


def mcnemar(a: Answers, b: Answers) -> PairedTest | None:
    """Of the rows that one of them decides rightly and the other wrongly, are those of either as many? Exact (McNemar
    1947 with the binomial distribution); None where nothing is decided."""
    if a.labels is None or b.labels is None or a.y.ndim == 2:
        return None
    right, others = a.labels == a.y, b.labels == b.y
    only_a, only_b = int((right & ~others).sum()), int((others & ~right).sum())
    evidence = f"A alone decides {only_a:,} rows rightly, B alone {only_b:,}"
    return PairedTest("McNemar's exact test of decisions", evidence, even_split(only_a, only_b))


def delong(a: Answers, b: Answers) -> PairedTest | None:
    """Do the areas under the two ROC curves differ? DeLong, DeLong and Clarke-Pearson 1988, by ranks (Sun and Xu 2014);
    None for other than two classes, or where one of them is missing."""
    positive = a.y == 1
    hits, misses = int(positive.sum()), int((~positive).sum())
    if a.labels is None or a.y.ndim == 2 or a.predictions.shape[1] != 2 or min(hits, misses) < 2:
        return None
    each = [_placements(answers.predictions[:, 1], positive) for answers in (a, b)]
    of_hits, of_misses = (np.array(side) for side in zip(*each, strict=True))
    gain = float(of_hits[1].mean() - of_hits[0].mean())
    variance = np.var(of_hits[1] - of_hits[0], ddof=1) / hits + np.var(of_misses[1] - of_misses[0], ddof=1) / misses
    z = gain / float(np.sqrt(variance)) if variance > 0 else 0.0
    evidence = f"the area of B is {abs(gain):.4f} {'larger' if gain >= 0 else 'smaller'}, z = {z:.2f}"
    return PairedTest("DeLong's test of ROC AUC", evidence, min(1.0, 2 * normal_below(abs(z))))


def _placements(scores: Array, positive: Array) -> tuple[Array, Array]:
    """Of each positive row the share of negative ones ranked below it, of each negative one that of positive ones
    above it; ties count half."""
    every = ranks(scores)
    hits, misses = int(positive.sum()), int((~positive).sum())
    of_hits = (every[positive] - ranks(scores[positive])) / misses
    return of_hits, 1 - (every[~positive] - ranks(scores[~positive])) / hits
