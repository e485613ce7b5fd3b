"""p-values in closed form, and their correction for many tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def kolmogorov(distance: float, n: int, m: int) -> float:
    """Two-sample Kolmogorov-Smirnov: P(distance or more), n and m rows; conservative where values are tied.

    Source: Kolmogorov's limit with Stephens' correction (Numerical Recipes, 14.3.3).
    """
    root = math.sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    terms = (2.0 * (1 if j % 2 else -1) * math.exp(-2 * (j * scaled) ** 2) for j in range(1, 101))
    return min(1.0, max(0.0, sum(terms)))


def chi_square(statistic: float, freedom: int) -> float:
    """P(chi-square with ``freedom`` degrees >= statistic), by its finite series."""
    half = statistic / 2
    if freedom < 1 or half <= 0:
        return 1.0
    if half > 700:  # exp underflows; freedom is a few hundred at most
        return 0.0
    odd = freedom % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    term = math.exp(-half) * (math.sqrt(half) / math.gamma(1.5) if odd else 1.0)
    for i in range(freedom // 2):
        total += term
        term *= half / (i + (1.5 if odd else 1.0))
    return min(1.0, total)


def homogeneity(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Do counts ``a`` and ``b`` over the same cells come from one distribution? Chi-square; cells in which either
    side expects fewer than 5 are pooled."""
    n, m = int(a.sum()), int(b.sum())
    together = a + b
    small = together * (min(n, m) / (n + m)) < 5
    a, b = (np.append(x[~small], x[small].sum()) for x in (a, b))
    together = a + b
    a, b, together = a[together > 0], b[together > 0], together[together > 0]
    statistic = float(((a * math.sqrt(m / n) - b * math.sqrt(n / m)) ** 2 / together).sum())
    return chi_square(statistic, len(together) - 1)


def ranks(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Mann-Whitney: do counts ``a`` and ``b`` over the same ordered cells rank alike? Two-sided, normal limit with the
    variance of ties.

    Source: Lehmann 1975, 1.4.
    """
    n, m = int(a.sum()), int(b.sum())
    together = (a + b).astype(np.float64)
    middle = np.cumsum(together) - (together - 1) / 2
    excess = float((middle * a).sum()) - n * (n + m + 1) / 2
    tied = float((together**3 - together).sum()) / ((n + m) * max(1, n + m - 1))
    variance = n * m / 12 * (n + m + 1 - tied)
    return min(1.0, 2 * normal_below(abs(excess) / math.sqrt(variance))) if variance > 0 else 1.0


def beyond(k: int, n: int, m: int) -> float:
    """P(``k`` or more of n new rows lie beyond all of m rows), where all n + m are exchangeable."""
    if not k:
        return 1.0
    return math.exp(_log_factorial(n) - _log_factorial(n - k) + _log_factorial(n + m - k) - _log_factorial(n + m))


def fisher(a: int, n: int, b: int, m: int) -> float:
    """Fisher's exact test: ``a`` of ``n`` against ``b`` of ``m``, twice the smaller tail."""
    hits, total = a + b, n + m
    low, high = max(0, hits - m), min(n, hits)
    here = math.exp(_log_choose(n, a) + _log_choose(m, b) - _log_choose(total, hits))
    if not here:
        return 0.0
    above = below = term = here
    for x in range(a, high):
        term *= (n - x) * (hits - x) / ((x + 1) * (m - hits + x + 1))
        above += term
        if term < above * 1e-16:
            break
    term = here
    for x in range(a, low, -1):
        term *= x * (m - hits + x) / ((n - x + 1) * (hits - x + 1))
        below += term
        if term < below * 1e-16:
            break
    return min(1.0, 2 * min(above, below))


def even_split(a: int, b: int) -> float:
    """The sign test: ``a`` and ``b`` of a + b throws of a fair coin, twice the smaller tail, exactly."""
    n, least = a + b, min(a, b)
    term = total = math.exp(_log_choose(n, least) - n * math.log(2))
    for x in range(least, 0, -1):
        term *= x / (n - x + 1)
        total += term
        if term < total * 1e-16:
            break
    return min(1.0, 2 * total)


def _log_choose(n: int, k: int) -> float:
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


def _log_factorial(n: int) -> float:
    return math.lgamma(n + 1)


def normal_below(z: float) -> float:
    """P(standard normal >= z)."""
    return math.erfc(z / math.sqrt(2)) / 2


def holm(p: Sequence[float]) -> list[float]:
    """p-values adjusted so that the chance of any false alarm stays at the level, however the tests depend.

    Source: Holm 1979.
    """
    adjusted = [0.0] * len(p)
    largest = 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        largest = max(largest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = largest
    return adjusted
