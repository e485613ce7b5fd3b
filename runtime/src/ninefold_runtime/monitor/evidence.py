"""Evidence that answers have become wrong more often, which may be looked at after every label.

An e-value bets against "no more often than out of fold": it is 1 at the start, and if nothing has changed the chance
that it ever reaches 1/alpha is at most alpha, however often one looks (Ville's inequality). The bet is a mixture of
likelihood ratios over all higher rates (Robbins 1970). To be just, the rate out of fold is taken at the upper end of
its 99 % interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold_runtime.performance import Performance

ALPHA = 0.01
_UPPER = 2.326
"""The 99 % quantile of the standard normal distribution."""
_STEPS = np.linspace(0.02, 0.98, 49) ** 2


def allowed(performance: Performance) -> float:
    """The share of wrong answers that is still as out of fold: the upper end of Wilson's interval (1927)."""
    n, rate = performance.rows, performance.wrong / performance.rows
    middle = rate + _UPPER**2 / (2 * n)
    half = _UPPER * np.sqrt(rate * (1 - rate) / n + _UPPER**2 / (4 * n**2))
    return float(min((middle + half) / (1 + _UPPER**2 / n), 1 - 1e-9))


def log_evalue(wrong: float, rows: float, limit: float) -> float:
    """The natural logarithm of the e-value of ``wrong`` of ``rows``."""
    rates = limit + (1 - limit) * _STEPS
    ratios = wrong * np.log(rates / limit) + (rows - wrong) * np.log((1 - rates) / (1 - limit))
    top = ratios.max()
    return float(top + np.log(np.exp(ratios - top).mean()))


def evidence(windows: Sequence[tuple[int, int]], limit: float) -> float:
    """The logarithm of an e-value over windows (wrong, rows) in their order, quick to see a change that comes late.

    Bets begin at every window, with shares that sum to less than 1 (6 / (pi j)^2 at the j-th), so that the whole is
    an e-value again.
    """
    wrong = rows = 0
    terms = []
    for place in range(len(windows), 0, -1):
        wrong, rows = wrong + windows[place - 1][0], rows + windows[place - 1][1]
        terms.append(np.log(6 / (np.pi * place) ** 2) + log_evalue(wrong, rows, limit))
    if not terms:
        return 0.0
    top = max(terms)
    return float(top + np.log(np.exp(np.array(terms) - top).sum()))
