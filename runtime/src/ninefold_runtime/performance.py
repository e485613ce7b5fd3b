"""How right the model was out of fold: what an estimate of its performance without labels starts from, and what labels
that come later are held against. Counts in bins of at least `LEAST_ROWS` rows, none of a row."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

BINS, LEAST_ROWS = 20, 25
"""Bins of a probability or value, at most, and the rows that each needs."""
FAR = 0.8
"""A value is called far off when its error exceeds this quantile of the out-of-fold errors about it."""
LEVEL_ROWS = 500
"""Sealed rows whose word about the level of errors counts as much as that of the rows out of fold."""
MOST_CLASSES = 20
"""Of more classes, only how sure the given label was is looked at."""
Array = NDArray[Any]


class Calibrated(msgspec.Struct, frozen=True):
    """A question that is answered by a probability, in bins of it that rise: ``edges`` between the bins, and for each
    bin the mean probability, the rows, and those for which the answer was yes."""

    edges: tuple[float, ...]
    chance: tuple[float, ...]
    rows: tuple[int, ...]
    hits: tuple[int, ...]


class Errors(msgspec.Struct, frozen=True):
    """Errors of values in bins of the predicted value: rows, mean size, mean square, mean fourth power, and the size
    that counts as far off. ``doubt``: the standard error of their level, as a share of it (see `levelled`)."""

    edges: tuple[float, ...]
    rows: tuple[int, ...]
    size: tuple[float, ...]
    square: tuple[float, ...]
    fourth: tuple[float, ...]
    far: tuple[float, ...]
    doubt: float = 0.0


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """``questions``: of two classes, is it the positive one; of more, is the given label right, and then for each
    class, is it this one. ``wrong`` of ``rows`` out-of-fold labels were wrong, or values far off."""

    rows: int
    wrong: int
    scores: dict[str, float]
    """By metric, out of fold; of errors at the level of the sealed rows."""
    sealed: dict[str, float] = {}
    """By metric, as evaluation measured them on the sealed rows."""
    questions: tuple[Calibrated, ...] = ()
    errors: Errors | None = None


def calibrated(chance: Array, yes: Array) -> Calibrated:
    """From probabilities [N] and what was true of them [N] (bool)."""
    edges = _edges(chance)
    place = np.searchsorted(edges, chance, side="right")
    rows, width = np.bincount(place, minlength=len(edges) + 1), len(edges) + 1
    mean = np.bincount(place, chance, width) / np.maximum(rows, 1)
    hits = np.bincount(place, yes.astype(np.float64), width)
    return Calibrated(
        _tuple(edges), _tuple(mean.round(6)), tuple(map(int, rows)), tuple(round(float(count)) for count in hits)
    )


def errors(predicted: Array, truth: Array) -> Errors:
    """From values [N] and the truth [N]."""
    edges = _edges(predicted)
    place, width = np.searchsorted(edges, predicted, side="right"), len(edges) + 1
    off = np.abs(truth - predicted)
    rows = np.bincount(place, minlength=width)
    means = (np.bincount(place, off**power, width) / np.maximum(rows, 1) for power in (1, 2, 4))
    size, square, fourth = (_tuple(mean) for mean in means)
    far = tuple(float(np.quantile(off[place == number], FAR)) for number in range(width))
    return Errors(_tuple(edges), tuple(map(int, rows)), size, square, fourth, far)


def levelled(known: Errors, size: float, sealed: float, rows: int) -> Errors:
    """The errors out of fold, of mean ``size``, moved towards the level that the model that ships has: the mean size
    ``sealed`` that it had on ``rows`` sealed rows. Fits to a part of the rows are a little worse than it; few sealed
    rows say little about that, so that their word counts with ``rows`` / (``rows`` + `LEVEL_ROWS`)."""
    heard = rows / (rows + LEVEL_ROWS)
    by = 1 + (sealed / size - 1) * heard if size > 0 else 1.0
    powers = {"size": 1, "square": 2, "fourth": 4, "far": 1}
    moved = {name: tuple(value * by**power for value in getattr(known, name)) for name, power in powers.items()}
    return msgspec.structs.replace(known, **moved, doubt=(rows + LEVEL_ROWS) ** -0.5)


def _edges(values: Array) -> Array:
    """Quantiles that part the values into bins of `LEAST_ROWS` or more; none where ties or few rows forbid it."""
    bins = min(BINS, max(len(values) // LEAST_ROWS, 1))
    edges = np.unique(np.quantile(values, np.arange(1, bins) / bins))
    kept: list[float] = []
    for edge in edges:
        below, above = np.count_nonzero(values < edge), np.count_nonzero(values >= edge)
        since = below - (np.count_nonzero(values < kept[-1]) if kept else 0)
        if since >= LEAST_ROWS and above >= LEAST_ROWS:
            kept.append(float(edge))
    return np.array(kept)


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
