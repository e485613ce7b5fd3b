"""Made rows to learn from beside the true ones. Rows that growth stops on and rows that are scored are never touched,
and nothing of it is in the graph."""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.fairness import REWEIGHED
from ninefold.core.lesson import TAUGHT
from ninefold.core.protocols import Examples, FitJob
from ninefold.core.table import Array
from ninefold.crew.reweighing import reweighed

NEIGHBOURS = 5
RARE = 1 / 3
"""SMOTE lets a class grow to this share of the largest one's rows,"""
MOST_TIMES = 3
"""and to this many times its own."""
ALPHA = 0.2
"""Of the beta distribution of mixup's weights: most made rows lie near one of their two."""


def augmented(data: Examples, job: FitJob) -> Examples:
    """The examples, with made rows at their end where ``job.augment`` says how they are made: smote or mixup; or drawn
    anew: reweigh."""
    if job.augment in {"", TAUGHT}:
        return data
    rng = np.random.default_rng([job.seed, 11, job.trial, 0 if job.fold is None else job.fold + 1])
    if job.augment == REWEIGHED:
        return reweighed(data, rng)
    x, y = {"smote": _smote, "mixup": _mixup}[job.augment](data, rng)
    return dataclasses.replace(data, x=np.vstack([data.x, x]), y=np.concatenate([data.y, y]), sensitive=None)


def _smote(data: Examples, rng: np.random.Generator) -> tuple[Array, Array]:
    """Rows between a row of a rare class and one of its nearest of that class (Chawla and others 2002)."""
    counts = np.bincount(data.y, minlength=data.outputs)
    wanted = np.minimum(MOST_TIMES * counts, (RARE * counts.max()).astype(int)) - counts
    made = [(k, _between(data, np.flatnonzero(data.y == k), wanted[k], rng)) for k in np.flatnonzero(wanted > 0)]
    x = np.concatenate([np.empty((0, data.x.shape[1])), *(rows for k, rows in made if counts[k] > 1)])
    y = np.concatenate([np.empty(0, data.y.dtype), *(np.full(len(rows), k) for k, rows in made if counts[k] > 1)])
    return x, y.astype(data.y.dtype)


def _between(data: Examples, rows: Array, count: int, rng: np.random.Generator) -> Array:
    from sklearn.neighbors import NearestNeighbors

    own = np.asarray(data.x[rows])
    scaled = _scaled(data, own)
    search = NearestNeighbors(n_neighbors=min(NEIGHBOURS + 1, len(rows))).fit(scaled)
    near = search.kneighbors(scaled, return_distance=False)[:, 1:]
    first = rng.integers(len(rows), size=count)
    second = near[first, rng.integers(max(1, near.shape[1]), size=count)] if near.shape[1] else first
    return _mixed(own[first], own[second], rng.random(count), data.categorical)


def _scaled(data: Examples, rows: Array) -> Array:
    """z-scores by all examples, gaps as 0; codes count for nothing, as their distances mean nothing."""
    known = np.nan_to_num(np.asarray(data.x))
    spread = known.std(axis=0)
    spread[list(data.categorical)] = 0.0
    scaled = (np.nan_to_num(rows) - known.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.where(spread > 0, scaled, 0.0))


def _mixup(data: Examples, rng: np.random.Generator) -> tuple[Array, Array]:
    """As many made rows as there are, each between two at random (Zhang and others 2018). Values are mixed as the rows
    are; a class is that of either row, as likely as its weight, since learners take no shares of classes."""
    count = len(data.y)
    second, weight = rng.permutation(count), rng.beta(ALPHA, ALPHA, count)
    weight = np.minimum(weight, 1 - weight)
    x = _mixed(np.asarray(data.x), np.asarray(data.x[second]), weight, data.categorical)
    if data.task == "regression":
        return x, data.y + weight * (data.y[second] - data.y)
    return x, np.where(rng.random(count) < weight, data.y[second], data.y)


def _mixed(first: Array, second: Array, weight: Array, codes: tuple[int, ...]) -> Array:
    """``first`` moved towards ``second`` by ``weight`` [N]; codes, and cells where either lacks a number, stay."""
    moved = first + weight[:, None] * (second - first)
    stay = np.isnan(moved)
    stay[:, list(codes)] = True
    return np.where(stay, first, moved)
