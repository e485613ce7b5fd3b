"""A threshold for each group, so that a criterion holds: the post-processing of Hardt, Price and Srebro 2016 without
its coin tosses, as the same row must get the same answer whenever it is asked about.

Deciding a row positive gains 1 - t where that is right and loses t where it is wrong, t being the threshold that is
best for all: with t = 0.5 that is accuracy, with the t of given costs their expectation (Elkan 2001). Among thresholds
that keep the groups' rates within ``slack`` of each other, those that gain most are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.fairness import CRITERIA, FEWEST
from ninefold.core.table import Array

CANDIDATES, PLACES = 100, 51
"""Thresholds tried in each group; rates at which a band of the width ``slack`` may begin, between 0 and 1."""
NARROWEST = 0.01
"""A band is never narrower, as a group's rate moves in steps."""
PENALTY = 10.0
"""Of leaving the band by the whole scale, in gains per row of all groups: it outweighs all that could be gained."""


@dataclass(frozen=True)
class Aim:
    """What thresholds are for: groups within ``slack`` of each other by the criterion, ``plain`` being the threshold
    that is best for all."""

    criterion: str
    slack: float
    plain: float


def thresholds(positive: Array, y: Array, codes: Array, groups: int, aim: Aim) -> Array:
    """[groups]: the threshold of each group by code. ``positive`` [N] are probabilities out of fold, ``y`` [N] is 0 or
    1. Groups of fewer than 30 rows in a rate that must be equal keep the plain one."""
    found = np.full(groups, aim.plain)
    large = [group for group in range(groups) if _is_large(y[codes == group], aim.criterion)]
    if not large:
        return found
    grids = [_Grid.of(positive[codes == group], y[codes == group], aim) for group in large]
    width = max(aim.slack, NARROWEST)
    worth = [grid.worth(width, PENALTY * len(y)) for grid in grids]
    place = int(np.argmax(np.sum([each.max(axis=1) for each in worth], axis=0)))
    for group, grid, each in zip(large, grids, worth, strict=True):
        found[group] = grid.candidates[np.argmax(each[place])]
    return found


def _is_large(y: Array, criterion: str) -> bool:
    of_rate = {"selection": len(y), "true positives": int((y == 1).sum()), "false positives": int((y == 0).sum())}
    return min(of_rate[measure] for measure in CRITERIA[criterion]) >= FEWEST


@dataclass(frozen=True, eq=False)
class _Grid:
    """One group: ``candidates`` [Q] for its threshold, the ``rates`` [A, Q] that must be equal, the ``gains`` [Q]."""

    candidates: Array
    rates: Array
    gains: Array

    @classmethod
    def of(cls, positive: Array, y: Array, aim: Aim) -> _Grid:
        spread = np.quantile(positive, np.linspace(0, 1, CANDIDATES + 1))
        candidates = np.unique(np.concatenate([spread, [aim.plain, np.nextafter(positive.max(), 2.0)]]))
        hits, alarms = (_reached(positive[y == code], candidates) for code in (1, 0))
        shares = {
            "selection": (hits + alarms) / len(y),
            "true positives": hits / max(1, int((y == 1).sum())),
            "false positives": alarms / max(1, int((y == 0).sum())),
        }
        rates = np.array([shares[measure] for measure in CRITERIA[aim.criterion]])
        return cls(candidates, rates, hits * (1 - aim.plain) - alarms * aim.plain)

    def worth(self, width: float, penalty: float) -> Array:
        """[places, Q]: gains, less the penalty of rates outside of a band that begins at each place; of two rates,
        at each pair of places."""
        begins = np.linspace(0, 1, PLACES if len(self.rates) > 1 else 2 * PLACES - 1)[:, None]
        outside, *more = (np.maximum(np.maximum(begins - r, r - begins - width), 0.0) for r in self.rates)
        for other in more:
            outside = np.maximum(outside[:, None], other).reshape(-1, len(self.gains))
        return np.asarray(self.gains - penalty * outside)


def _reached(scores: Array, candidates: Array) -> Array:
    """How many scores are at or above each candidate."""
    return np.asarray(len(scores) - np.searchsorted(np.sort(scores), candidates, side="left"), float)
