"""A linear stand-in for a graph near one thing, and how far it can be trusted (LIME; Ribeiro, Singh, Guestrin 2016).

The thing is changed at random in ways that people can read (a value replaced, a word or an area left out), the graph
answers, and a ridge regression is fitted to the answers, weighted by how little was changed. Fidelity and stability
are part of the answer: a stand-in that does not follow the graph, or comes out otherwise with the next seed, explains
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ninefold_runtime.explain.asked import Array

SAMPLES, ROUNDS, TOP = 1_000, 5, 5
WIDTH = 0.75
"""Of the kernel, in units of the square root of the number of parts."""
PENALTY = 1.0
NEGLIGIBLE = 0.01
"""Parts that weigh less than this share of the heaviest one are not among the top."""

Draw = Callable[[np.random.Generator], tuple[Array, Array]]
"""Changed things: how far each part was changed, [N, P], 0 where it was not; and what the graph says of them, [N]."""


@dataclass(frozen=True)
class Local:
    """The stand-in. ``weights`` [P]: by how much the graph's answer rises with one unit of each part.

    A unit is one spread for numbers (``units`` [P] says how much that is), and for everything else, where ``units`` is
    NaN, being as it is rather than otherwise. ``value``: what the graph says of the thing itself; ``stand_in``: what
    the stand-in says.
    """

    names: tuple[str, ...]
    weights: Array
    units: Array
    value: float
    stand_in: float
    fidelity: float
    """Weighted R² on changed things that the stand-in was not fitted on, 0 to 1."""
    stability: float
    """Mean Jaccard index of the heaviest parts over all pairs of rounds, each with a seed of its own, 0 to 1."""
    top: int
    """How many of the heaviest parts were compared."""

    @property
    def heaviest(self) -> tuple[tuple[str, float], ...]:
        """Parts and their weights, heaviest first."""
        order = np.argsort(-np.abs(self.weights), kind="stable")
        return tuple((self.names[place], float(self.weights[place])) for place in order)


def local(
    names: Sequence[str], draw: Draw, value: float, *, units: Array | None = None, rounds: int = ROUNDS, seed: int = 0
) -> Local:
    """Fit the stand-in in each of several ``rounds`` (at least 2): its weights are the means over them."""
    drawn = [draw(np.random.default_rng([seed, number])) for number in range(rounds)]
    fits = [_fitted(changed, said) for changed, said in drawn]
    fidelity = [_explained(fit, *drawn[number - 1]) for number, fit in enumerate(fits)]
    weights = np.mean([fit[1:] for fit in fits], axis=0)
    top = min(TOP, max(len(names) // 2, 1))
    return Local(
        names=tuple(names),
        weights=weights,
        units=np.full(len(names), np.nan) if units is None else units,
        value=value,
        stand_in=float(np.mean([fit[0] for fit in fits])),
        fidelity=float(np.mean(fidelity)),
        stability=_agreement([_heaviest(fit[1:], top) for fit in fits]),
        top=top,
    )


def _nearness(changed: Array) -> Array:
    """1 for the thing itself, towards 0 the more was changed, [N]."""
    width = WIDTH * np.sqrt(max(changed.shape[1], 1))
    return np.asarray(np.sqrt(np.exp(-(changed**2).sum(axis=1) / width**2)))


def _fitted(changed: Array, said: Array) -> Array:
    """Intercept, which is the answer where nothing was changed, then the weights: [1 + P]."""
    near = _nearness(changed)
    middle, level = np.average(changed, axis=0, weights=near), np.average(said, weights=near)
    centred = changed - middle
    normal = (centred * near[:, None]).T @ centred + PENALTY * np.eye(changed.shape[1])
    weights = np.linalg.solve(normal, centred.T @ (near * (said - level)))
    return np.concatenate([[level - middle @ weights], weights])


def _explained(fit: Array, changed: Array, said: Array) -> float:
    near = _nearness(changed)
    varies = near @ (said - np.average(said, weights=near)) ** 2
    left = near @ (said - fit[0] - changed @ fit[1:]) ** 2
    if varies <= 1e-18 * near.sum() * max(float(np.abs(said).max()), 1.0) ** 2:
        return 1.0  # a graph that says the same of all of them is followed perfectly
    return max(1.0 - float(left / varies), 0.0)


def _heaviest(weights: Array, top: int) -> frozenset[int]:
    size = np.abs(weights)
    order = np.argsort(-size, kind="stable")[:top]
    return frozenset(order[size[order] >= NEGLIGIBLE * size.max()].tolist()) if len(weights) else frozenset()


def _agreement(sets: list[frozenset[int]]) -> float:
    pairs = [len(a & b) / max(len(a | b), 1) for a, b in combinations(sets, 2)]
    return float(np.mean(pairs))
