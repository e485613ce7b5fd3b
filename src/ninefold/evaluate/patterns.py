"""What rows with a large loss have in common: a small tree on the loss, grown on half of the sealed rows and checked on
the other half.

A tree finds something in any noise; what it says is told only if the half that it has not seen agrees, by a one-sided
Welch test of the loss inside the leaf against the rest, corrected (Holm 1979) for all leaves that were checked. The
splits are the parts that slices are made of, so that a rule reads like them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.mistakes import Pattern
from ninefold.diagnosis.intervals import Resampling, mean_and_error
from ninefold.diagnosis.slices import Mask
from ninefold_runtime.pvalues import holm, normal_below

DEPTH = 2
FEWEST, SHARE = 20, 0.05
"""Rows of a leaf, at least: so many, and this share of those that the tree is grown on."""
MOST = 20_000
"""Rows that the tree is grown on, at most."""
RISK = 0.05

Part = tuple[str, str, Mask]
"""Column, part and mask, as slices have them."""


@dataclass(frozen=True)
class Leaf:
    """The rows for which all of the words hold, [N]."""

    words: tuple[str, ...]
    mask: Mask


def patterns(
    losses: NDArray[np.float64], parts: Iterable[Part], how: Resampling, *, rng: np.random.Generator, clock: Clock
) -> tuple[Pattern, ...] | None:
    """The rules that were confirmed, the largest loss first; None where rows or time do not suffice to look for any."""
    grown = _half(how, rng)
    if min(grown.sum(), (~grown).sum()) < 3 * FEWEST:
        return None
    least = max(FEWEST, round(SHARE * grown.sum()))
    known = []
    for part in parts:
        if clock.left <= 0:
            return None
        if least <= (part[2] & grown).sum():
            known.append(part)
    tree = _Tree(losses, tuple(known), rng.permutation(np.flatnonzero(grown))[:MOST], least)
    leaves = [leaf for leaf in tree.leaves(Leaf((), np.ones(len(losses), bool)), DEPTH) if leaf.words]
    return _confirmed(losses, leaves, grown, how)


def _half(how: Resampling, rng: np.random.Generator) -> Mask:
    """Half of the units, with all of their rows."""
    chosen = np.zeros(how.units, bool)
    chosen[rng.permutation(how.units)[: how.units // 2]] = True
    return np.asarray(chosen[how.codes])


@dataclass(frozen=True)
class _Tree:
    """Grown on the losses of the rows at ``places``; leaves hold at least ``least`` of them."""

    losses: NDArray[np.float64]
    parts: tuple[Part, ...]
    places: NDArray[np.int64]
    least: int

    def leaves(self, node: Leaf, depth: int) -> Iterator[Leaf]:
        split = self._best(node) if depth else None
        if split is None:
            yield node
            return
        column, part, mask = split
        inside = Leaf((*node.words, f"{column} {part}"), node.mask & mask)
        outside = Leaf((*node.words, f"{column} not {part}"), node.mask & ~mask)
        for child in (inside, outside):
            yield from self.leaves(child, depth - 1)

    def _best(self, node: Leaf) -> Part | None:
        """The part that sets the losses of the node's rows apart most (Breiman et al. 1984)."""
        rows = self.places[node.mask[self.places]]
        if not self.parts or len(rows) < 2 * self.least:
            return None
        losses = self.losses[rows]
        inside = np.array([mask[rows] for _, _, mask in self.parts], np.float64)
        counts = inside.sum(axis=1)
        others = len(rows) - counts
        fits = (counts >= self.least) & (others >= self.least)
        sums = inside @ losses
        gap = sums / np.maximum(counts, 1) - (losses.sum() - sums) / np.maximum(others, 1)
        gains = np.where(fits, counts * others * gap**2, 0.0)
        return self.parts[int(gains.argmax())] if gains.max() > 0 else None


def _confirmed(losses: NDArray[np.float64], leaves: list[Leaf], grown: Mask, how: Resampling) -> tuple[Pattern, ...]:
    """Leaves whose rows lose more than the rest, where the tree was grown and, beyond chance, where it was not."""
    found = []
    for leaf in leaves:
        inside, rest = leaf.mask & ~grown, ~leaf.mask & ~grown
        worse = losses[leaf.mask & grown].mean() > losses[~leaf.mask & grown].mean()
        if worse and min(inside.sum(), rest.sum()) >= FEWEST:
            mean, error = mean_and_error(losses[inside], how.codes[inside])
            other, other_error = mean_and_error(losses[rest], how.codes[rest])
            both = float(np.hypot(error, other_error))
            chance = normal_below((mean - other) / both) if both > 0 else 1.0
            found.append(Pattern(" and ".join(leaf.words), int(inside.sum()), mean, other, chance))
    told = zip(found, holm([each.p for each in found]), strict=True)
    kept = [Pattern(each.words, each.rows, each.loss, each.rest, p) for each, p in told if p <= RISK]
    return tuple(sorted(kept, key=lambda each: -each.loss))
