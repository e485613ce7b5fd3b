"""Shapley values of raw columns: what each adds on the way from made-up background rows to the explained one.

A coalition of columns has the explained row's cells, all other columns those of a background row; its worth is what
the graph says of that hybrid, in the mean over the background (the interventional question of Janzing and others
2020). A raw column moves as a whole, with everything the graph makes of it. Columns in which a background row equals
the explained one cannot matter between the two, so each pair of rows is a game of the columns that differ. Games of
few columns are enumerated; of the others random orders are walked there and back (Strumbelj and Kononenko 2014; the
reversed order is the antithetic one of Mitchell and others 2022). Either way what the columns add telescopes to the
difference of the two answers, so base and contributions sum to the graph's own answer up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.explain.hybrids import BATCH, answers, differing

ENUMERATED = 12
"""Games of more columns are never enumerated."""
MOST_PAIRS = 64
"""Pairs of orders per background row at most."""


@dataclass(frozen=True)
class Shapley:
    """``base`` [K] and ``value`` [K] are what the graph says of background and row; ``amounts`` [C, K] lie between.

    ``errors`` [C, K] are standard errors of the amounts, 0 where they are ``exact``. ``compared`` counts the background
    rows, ``asked`` the hybrids made of them and the row.
    """

    base: Array
    value: Array
    amounts: Array
    errors: Array
    exact: bool
    compared: int
    asked: int

    @property
    def off(self) -> float:
        """The largest gap between base + amounts and the value."""
        return float(np.abs(self.base + self.amounts.sum(axis=0) - self.value).max())


def shapley(asked: Asked, row: Arrays, *, most: int, seed: int) -> Shapley:
    """The Shapley values of one ``row`` (columns of one entry), from about ``most`` answers of the graph.

    All games are enumerated if ``most`` allows it. Else each background row gets as many pairs of a random order and
    its reverse as it does; where one pair each is too much, fewer background rows are compared with.
    """
    differs = differing(row, asked.background.columns, asked.schema.names)
    sizes = differs.sum(axis=1)
    if sizes.max(initial=0) <= ENUMERATED and (2.0**sizes).sum() <= most:
        return _enumerated(asked, row, differs)
    walk = 2 * np.maximum(sizes - 1, 1)
    affordable = max(int(most / walk.mean()), 1)
    if affordable < len(asked.background):
        asked = Asked(asked.schema, asked.ask, asked.outputs, thinned(asked.background, affordable))
        differs = differing(row, asked.background.columns, asked.schema.names)
    pairs = int(np.clip(round(most / walk.sum()), 1, MOST_PAIRS))
    return _walked(asked, row, differs, pairs, np.random.default_rng(seed))


def thinned(background: Background, most: int) -> Background:
    """At most that many of its rows, evenly spread, each with the weight of those left out around it."""
    if len(background) <= most:
        return background
    edges = np.linspace(0, len(background), most + 1).astype(int)
    weights = np.add.reduceat(background.weights, edges[:-1])
    kept = (edges[:-1] + edges[1:] - 1) // 2
    return Background({name: values[kept] for name, values in background.columns.items()}, weights)


def _enumerated(asked: Asked, row: Arrays, differs: Array) -> Shapley:
    """All coalitions of the columns that differ, background row by background row."""
    games = [_coalitions(different) for different in differs]
    lengths = [len(game) for game in games]
    said = answers(asked, row, np.vstack(games), np.repeat(np.arange(len(games)), lengths))
    weights = asked.background.weights
    amounts = np.zeros((differs.shape[1], said.shape[1]))
    base = np.zeros(said.shape[1])
    start = 0
    for weight, different, length in zip(weights, differs, lengths, strict=True):
        worth = said[start : start + length]
        amounts[different] += weight * _shares(worth, int(different.sum()))
        base += weight * worth[0]
        start += length
    return Shapley(base, asked.ask(row)[0], amounts, np.zeros_like(amounts), True, len(games), start)


def _coalitions(different: Array) -> Array:
    """[2^d, C]: all ways to take the d ``different`` columns from the explained row, none of them first."""
    places = np.flatnonzero(different)
    members = np.arange(2 ** len(places))[:, None] >> np.arange(len(places)) & 1
    own = np.zeros((len(members), len(different)), np.bool_)
    own[:, places] = members
    return own


def _shares(worth: Array, players: int) -> Array:
    """Shapley's formula: the worths [2^d, K] of all coalitions, numbered by the bits of their members, to [d, K]."""
    numbers = np.arange(len(worth))
    sizes = np.array([number.bit_count() for number in range(len(worth))])
    chance = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    found = []
    for player in range(players):
        without = numbers[(numbers >> player & 1) == 0]
        gain = worth[without | 1 << player] - worth[without]
        found.append(chance[sizes[without]] @ gain)
    return np.array(found).reshape(players, worth.shape[1])


def _walked(asked: Asked, row: Arrays, differs: Array, pairs: int, rng: np.random.Generator) -> Shapley:
    """``pairs`` random orders and their reverses for each background row, whose own answer is asked for once."""
    value, starts = asked.ask(row)[0], asked.ask(asked.background.columns)
    means = np.zeros((*differs.shape, len(value)))
    variances, hybrids = np.zeros_like(means), len(starts)
    for block in _blocks(differs, pairs):
        walks = [_Walk(b, order) for b in block for order in _orders(differs[b], pairs, rng)]
        behind = np.repeat([walk.behind for walk in walks], [walk.steps for walk in walks])
        said = answers(asked, row, np.vstack([walk.own(differs.shape[1]) for walk in walks]), behind)
        gains = _gains(walks, starts, said, value, differs.shape[1]).reshape(len(block), pairs, 2, *means.shape[1:])
        # An order and its reverse err in opposite ways, so of a lone pair this is more than the true variance.
        drawn = gains.mean(axis=2) if pairs > 1 else gains[:, 0]
        means[block], variances[block] = drawn.mean(axis=1), drawn.var(axis=1, ddof=1) / drawn.shape[1]
        hybrids += len(said)
    weights = asked.background.weights
    amounts = np.einsum("b,bck->ck", weights, means)
    errors = np.sqrt(np.einsum("b,bck->ck", weights**2, variances))
    return Shapley(weights @ starts, value, amounts, errors, False, len(starts), hybrids)


@dataclass(frozen=True)
class _Walk:
    """From background row ``behind`` to the explained one: the columns of ``order`` [d] change one by one."""

    behind: int
    order: Array

    @property
    def steps(self) -> int:
        """Hybrids on the way, ends not counted."""
        return max(len(self.order) - 1, 0)

    def own(self, columns: int) -> Array:
        """[steps, columns]: which columns have changed after each step."""
        rank = np.full(columns, columns)
        rank[self.order] = np.arange(len(self.order))
        return np.asarray(rank <= np.arange(self.steps)[:, None])


def _orders(different: Array, pairs: int, rng: np.random.Generator) -> list[Array]:
    """Random orders of the ``different`` columns, each followed by its reverse."""
    orders = [rng.permutation(np.flatnonzero(different)) for _ in range(pairs)]
    return [way for order in orders for way in (order, order[::-1])]


def _blocks(differs: Array, pairs: int) -> list[Array]:
    """Background rows in groups whose walks fit into memory together."""
    hybrids = 2 * pairs * len(differs) * differs.shape[1]
    return np.array_split(np.arange(len(differs)), min(max(hybrids // BATCH, 1), len(differs)))


def _gains(walks: list[_Walk], starts: Array, said: Array, value: Array, columns: int) -> Array:
    """What each column adds at its step: [walks, columns, K], from the answers ``said`` along the way."""
    gains, at = np.zeros((len(walks), columns, len(value))), 0
    for place, walk in enumerate(walks):
        if len(walk.order):
            answered = np.vstack([starts[walk.behind], said[at : at + walk.steps], value])
            gains[place, walk.order] = np.diff(answered, axis=0)
        at += walk.steps
    return gains
