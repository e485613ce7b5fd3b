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
_TINY = 1e-18

Draw = Callable[[np.random.Generator], tuple[Array, Array]]
"""Changed things: how far each part was changed, [N, P], 0 where it was not; and what is said of them, [N, K]."""


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


def stand_ins(
    names: Sequence[str], draw: Draw, values: Array, *, units: Array | None = None, rounds: int = ROUNDS, seed: int = 0
) -> tuple[Local, ...]:
    """One for each of the K outputs, of which ``values`` [K] are said of the thing itself.

    Each is fitted in several ``rounds``, at least 2; its weights are the means over them.
    """
    drawn = [draw(np.random.default_rng([seed, number])) for number in range(rounds)]
    fits = [_fitted(changed, said) for changed, said in drawn]
    fidelity = np.mean([_explained(fit, *drawn[number - 1]) for number, fit in enumerate(fits)], axis=0)
    top = min(TOP, max(len(names) // 2, 1))
    means = np.mean(fits, axis=0)
    return tuple(
        Local(
            names=tuple(names),
            weights=means[1:, k],
            units=np.full(len(names), np.nan) if units is None else units,
            value=float(values[k]),
            stand_in=float(means[0, k]),
            fidelity=float(fidelity[k]),
            stability=_agreement([_heaviest(fit[1:, k], top) for fit in fits]),
            top=top,
        )
        for k in range(len(values))
    )


def _nearness(changed: Array) -> Array:
    """1 for what was changed least, towards 0 the more was changed, [N]."""
    width = WIDTH * np.sqrt(max(changed.shape[1], 1))
    far = (changed**2).sum(axis=1) / width**2
    return np.asarray(np.exp((far.min(initial=np.inf) - far) / 2))


def _fitted(changed: Array, said: Array) -> Array:
    """Intercepts, which are the answers where nothing was changed, then the weights: [1 + P, K]."""
    near = _nearness(changed)
    middle, level = (np.average(values, axis=0, weights=near) for values in (changed, said))
    centred = changed - middle
    normal = (centred * near[:, None]).T @ centred + PENALTY * np.eye(changed.shape[1])
    weights = np.linalg.solve(normal, centred.T @ (near[:, None] * (said - level)))
    return np.concatenate([[level - middle @ weights], weights])


def _explained(fit: Array, changed: Array, said: Array) -> Array:
    """R² of each output, [K]; 1 of a graph that says the same of all."""
    near = _nearness(changed)
    varies = near @ (said - np.average(said, axis=0, weights=near)) ** 2
    left = near @ (said - fit[0] - changed @ fit[1:]) ** 2
    same = varies <= _TINY * near.sum() * np.maximum(np.abs(said).max(axis=0), 1.0) ** 2
    return np.where(same, 1.0, np.maximum(1.0 - left / np.where(same, 1.0, varies), 0.0))


def _heaviest(weights: Array, top: int) -> frozenset[int]:
    size = np.abs(weights)
    order = np.argsort(-size, kind="stable")[:top]
    return frozenset(order[size[order] >= NEGLIGIBLE * size.max()].tolist()) if len(weights) else frozenset()


def _agreement(sets: list[frozenset[int]]) -> float:
    pairs = [len(a & b) / max(len(a | b), 1) for a, b in combinations(sets, 2)]
    return float(np.mean(pairs))
