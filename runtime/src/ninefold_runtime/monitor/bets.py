"""Bets against "nothing has changed": each wins, on average, exactly nothing as long as that is true.

Under it the rank of every new row among all rows before it, ties broken at random, is uniform on [0, 1] and independent
of all other ranks, whatever the distribution. A bet is a density on [0, 1]: by how much it multiplies the money put on
it when a rank falls there. Many bets stand side by side, each for another way in which ranks can go wrong.

Source: Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005 (conformal test martingales); betting on
mixtures: Waudby-Smith, Ramdas 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_FINE, _COARSE, _DYADIC = 64, 16, 12


@dataclass(frozen=True, eq=False)
class Bets:
    """``logs`` [bets, bins]: the logarithm of what each bet pays in each bin. ``rare``: bins are [0, 2^-12) and then
    double up to [1/2, 1), for cells that hardly any row falls into; otherwise all have one width."""

    logs: Array
    rare: bool

    @property
    def bins(self) -> int:
        return int(self.logs.shape[1])

    def placed(self, ranks: Array) -> Array:
        """The bin of each rank, any shape."""
        if self.rare:
            return np.asarray((_DYADIC + np.frexp(ranks)[1]).clip(0, _DYADIC))
        return np.asarray(np.minimum(ranks * _FINE, _FINE - 1), np.intp)


@cache
def on_shape() -> Bets:
    """Bets on how values of a column are distributed: shifts and spreads (Legendre polynomials), parts of the range
    that gain from their neighbours (Haar functions), both ends, and single cells."""
    middles = (np.arange(_FINE) + 0.5) / _FINE
    waves = [(_scaled(np.polynomial.Legendre.basis(j, [0, 1])(middles)), (0.1, 0.3, 0.8)) for j in range(1, 5)]
    steps = [(_haar(depth, place), (0.2, 0.6)) for depth in range(3) for place in range(2**depth)]
    pays = [1 + sign * stake * wave for wave, stakes in waves + steps for stake in stakes for sign in (-1, 1)]
    for share in (1 / 4, 1 / 8, 1 / 16):
        for inside in (middles < share, middles > 1 - share):
            pays += [_raised(inside, share, a) for a in (-0.5, 0.5, 1, 2)]
    for cell in range(_COARSE):
        spike = np.where(np.arange(_FINE) * _COARSE // _FINE == cell, 1.0, -1 / (_COARSE - 1))
        pays += [1 + stake * spike for stake in (1.5, 8)]
    return Bets(np.log(pays), rare=False)


@cache
def on_events() -> Bets:
    """Bets on a share that may be tiny, such as that of missing values, whose rows have the lowest ranks."""
    place, pays = np.arange(_DYADIC + 1), []
    for power in range(1, _DYADIC + 1):
        share = 2.0**-power
        lost = share / (1 - share)
        inside = place <= _DYADIC - power
        pays += [_raised(inside, share, a) for a in (-0.9, -0.5, 0.5, 2, 8, 32, 128) if a * lost < 0.95]
    return Bets(np.log(pays), rare=True)


def _raised(inside: Array, share: float, a: float) -> Array:
    """Pays 1 + ``a`` on a part of the ranks, and what that leaves on the others."""
    return np.where(inside, 1 + a, 1 - a * share / (1 - share))


def _scaled(wave: Array) -> Array:
    wave = wave - wave.mean()
    return np.asarray(wave / np.abs(wave).max())


def _haar(depth: int, place: int) -> Array:
    half = _FINE >> (depth + 1)
    wave = np.zeros(_FINE)
    start = 2 * half * place
    wave[start : start + half], wave[start + half : start + 2 * half] = -1, 1
    return wave


def ranked(cells: Array, held: Array, rng: np.random.Generator) -> Array:
    """[blocks, rows] in (0, 1]: the rank of each row among the rows ``held`` [cells] and all rows up to it.

    ``cells`` [blocks, rows] with -1 for rows that are left out; their ranks mean nothing.
    """
    there, width = cells >= 0, len(held)
    place = np.where(there, cells, width)
    before = held + _exclusive(counted(place, width + 1)[:, :width], 0)
    earlier = np.tri(cells.shape[1], dtype=np.bool_)
    one, other = place[:, :, None], place[:, None, :]
    column = np.where(there, cells, 0)
    at = np.take_along_axis(before, column, 1) + np.count_nonzero((one == other) & earlier, axis=2)
    below = np.take_along_axis(_exclusive(before, 1), column, 1) + np.count_nonzero((other < one) & earlier, axis=2)
    total = before.sum(1)[:, None] + there.cumsum(1)
    return np.asarray((below + (1 - rng.random(cells.shape)) * at) / np.maximum(total, 1))


def ranked_events(events: Array, there: Array, held: Array, rng: np.random.Generator) -> Array:
    """[guards, rows] in (0, 1]: `ranked` for two cells, of which ``events`` fill the first. ``held`` [guards, 2]; rows
    that are not ``there`` are left out."""
    happened = held[:, :1] + np.cumsum(events, 1)
    total = held.sum(1)[:, None] + np.cumsum(there, 1)
    below, at = np.where(events, 0, happened), np.where(events, happened, total - happened)
    return np.asarray((below + (1 - rng.random(events.shape)) * at) / np.maximum(total, 1))


def counted(places: Array, width: int) -> Array:
    """[..., width] of [..., rows] in 0 … width - 1."""
    lines = places.reshape(-1, places.shape[-1])
    flat = lines + width * np.arange(len(lines))[:, None]
    counts = np.bincount(flat.ravel(), minlength=len(lines) * width)
    return counts.reshape(*places.shape[:-1], width)


def _exclusive(counts: Array, axis: int) -> Array:
    """Sums of all before, along ``axis``."""
    return np.asarray(np.cumsum(counts, axis) - counts)


def winnings(bets: Bets, ranks: Array, there: Array) -> Array:
    """[..., bets]: by what the rows of each block, [..., rows] ranks, multiply each bet."""
    places = np.where(there, bets.placed(ranks), bets.bins)
    return np.asarray(np.exp(counted(places, bets.bins + 1)[..., : bets.bins] @ bets.logs.T))
