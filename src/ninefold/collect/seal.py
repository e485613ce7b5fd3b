"""Which rows are locked away for evaluation. Copies of one row always end on the same side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array

Mask = NDArray[np.bool_]
DRAWS = 32
COPIES = 0.5
"""Above this share of repeated rows, equal rows are taken for chance among few possible rows, not for copies."""


def at_random(target: Array, copies: Array, share: float, *, by_class: bool, rng: np.random.Generator) -> Mask:
    """A random ``share`` of rows, of each class where ``by_class``; every class of 2 rows or more stays in both parts.

    ``copies`` numbers the distinct rows, [N].
    """
    sealed = np.zeros(len(target), bool)
    strata = target if by_class else np.zeros(len(target), np.int64)
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        sealed[rows] = _some(copies[rows], share, rng)
    return _both_sides(sealed, copies, rng)


def by_group(target: Array, groups: Array, share: float, *, by_class: bool, rng: np.random.Generator) -> Mask:
    """Whole groups: the draw, of several, whose sealed targets look most like the training targets."""
    _, codes = np.unique(groups, return_inverse=True)
    kinds = target if by_class else np.digitize(target, np.quantile(target, [0.25, 0.5, 0.75]))
    kinds = np.asarray(kinds, np.int64)
    draws = [_some(codes, share, rng) for _ in range(DRAWS)]
    return min(draws, key=lambda sealed: _unlikeness(kinds, sealed))


def last_in_time(times: Array, share: float) -> Mask:
    """The latest rows; rows of one moment stay together. At least one row on either side where moments differ."""
    moments, counts = np.unique(times, return_counts=True)
    after = counts[::-1].cumsum()[::-1]
    start = int(np.argmin(np.abs(after - share * len(times))))
    start = min(max(start, 1), len(moments) - 1)
    return np.asarray(times >= moments[start])


def _some(units: Array, share: float, rng: np.random.Generator) -> Mask:
    """Rows of randomly drawn units that come to ``share`` of all, at least one unit and never all where there are 2."""
    _, codes, sizes = np.unique(units, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return np.zeros(len(units), bool)
    wanted = max(1, round(share * len(units)))
    order = rng.permutation(len(sizes))
    order = order[sizes[order] <= wanted]
    if not len(order):
        order = np.array([int(np.argmin(sizes))])
    count = max(1, int(np.searchsorted(sizes[order].cumsum(), wanted, side="right")))
    chosen = np.zeros(len(sizes), bool)
    chosen[order[: min(count, len(sizes) - 1)]] = True
    return np.asarray(chosen[codes])


def _both_sides(sealed: Mask, copies: Array, rng: np.random.Generator) -> Mask:
    """Where every class was too small to give a row, one distinct row is sealed all the same."""
    return sealed if sealed.any() else _some(copies, 1 / len(sealed), rng)


def _unlikeness(kinds: Array, sealed: Mask) -> float:
    """Largest difference of a kind's share between the parts; a kind that training lacks weighs more than any."""
    width = int(kinds.max()) + 1
    train, held = (np.bincount(part, minlength=width) for part in (kinds[~sealed], kinds[sealed]))
    lacking = int(np.sum((train == 0) & (held > 0)))
    return float(np.abs(train / max(1, train.sum()) - held / max(1, held.sum())).max()) + lacking
