"""From the probability of yes to yes or no: one threshold for all rows, and why it is the right one."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array

IMBALANCED = 0.2


def threshold_of(
    costs: tuple[tuple[float, ...], ...], positive: Array, y: Array, *, gains: bool = False
) -> tuple[float, str]:
    """For one yes/no target with these ``costs`` [true][decided], if any: by them, else by how rare its rarer class is.
    ``positive`` [N] are probabilities out of fold, ``y`` [N] is 0 or 1; ``gains``: the costs were given as gains."""
    if costs:
        why = (
            "the most expected gain, from the gains given" if gains else "the least expected cost, from the costs given"
        )
        return _cheapest(np.array(costs)), why
    if is_imbalanced(y):
        return _best_f1(positive, y), "the best F1 out of fold, as the classes are imbalanced"
    return 0.5, "the more probable class"


def is_imbalanced(y: Array) -> bool:
    """Whether so few rows are of the rarer class that deciding by the more probable one would miss them."""
    return float(min(y.mean(), 1 - y.mean())) < IMBALANCED


def _cheapest(costs: Array) -> float:
    """Predict positive where p·(miss − hit) ≥ (1 − p)·(false alarm − rightly negative); Elkan 2001."""
    miss, alarm = costs[1, 0] - costs[1, 1], costs[0, 1] - costs[0, 0]
    return float(alarm / (alarm + miss)) if alarm + miss > 0 else 0.5


def _best_f1(positive: Array, y: Array) -> float:
    """The threshold, midway between two observed probabilities, with the best F1."""
    order = np.argsort(-positive, kind="stable")
    scores, hits = positive[order], np.cumsum(y[order] == 1)
    last = np.append(scores[1:] != scores[:-1], True)
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + max(1, int((y == 1).sum())))
    best = int(np.argmax(np.where(last, f1, -1)))
    below = scores[best + 1] if best + 1 < len(scores) else 0.0
    return float((scores[best] + below) / 2)
