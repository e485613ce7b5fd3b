"""Which words of a pair of texts belong together: expectation maximisation, starting from none (Brown et al. 1993, IBM
model 1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array

FLOOR = 1e-9


def together(sources: Sequence[Array], targets: Sequence[Array]) -> tuple[Array, Array]:
    """Every word of a source beside every word of its target, over all pairs: source words [M] and target words [M],
    each with the number of its own place in all targets (its second column)."""
    left, right, place = [], [], 0
    for a, b in zip(sources, targets, strict=True):
        if not len(a) or not len(b):
            continue
        left.append(np.tile(a, len(b)))
        right.append(np.column_stack([np.repeat(b, len(a)), np.repeat(np.arange(place, place + len(b)), len(a))]))
        place += len(b)
    if not left:
        return np.empty(0, np.int64), np.empty((0, 2), np.int64)
    return np.concatenate(left), np.vstack(right)


def model_1(source: Array, target: Array, size: int, rounds: int, clock: Clock) -> tuple[Array, Array]:
    """The pairs of words that come together, as source · size + target, and the probability of the target word given
    the source word."""
    if not len(source):
        return np.empty(0, np.int64), np.empty(0)
    pairs, which = np.unique(source * size + target[:, 0], return_inverse=True)
    places, words = target[:, 1], pairs // size
    share = np.ones(len(pairs))
    for _ in range(rounds):
        if clock.left <= 0:
            break
        each = share[which]
        each /= np.bincount(places, each)[places]
        counts = np.bincount(which, each, minlength=len(pairs))
        share = counts / np.maximum(np.bincount(words, counts, minlength=size)[words], FLOOR)
    return pairs, share
