"""Fewer or other rows to learn from than a fold has, for learning curves and for bias and variance."""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.protocols import Examples, FitJob
from ninefold.core.table import Array


def thinned(data: Examples, job: FitJob) -> Examples:
    """The examples that ``job`` learns from: all of them, a share (also of those to stop on), or a bootstrap.

    The rows depend on seed and fold alone, and a smaller share is part of a larger one.
    """
    rng = np.random.default_rng([job.seed, 9, job.fold or 0, 0 if job.draw is None else job.draw + 1])
    if job.draw is not None:
        return _taken(data, rng.integers(len(data.y), size=len(data.y)))
    if job.share >= 1.0:
        return data
    stop = data.stop and _taken(data.stop, _share(len(data.stop.y), job.share, rng))
    return dataclasses.replace(_taken(data, _share(len(data.y), job.share, rng)), stop=stop)


def _share(rows: int, share: float, rng: np.random.Generator) -> Array:
    return np.sort(rng.permutation(rows)[: max(1, round(share * rows))])


def _taken(data: Examples, kept: Array) -> Examples:
    sensitive = data.sensitive and data.sensitive.take(kept)
    shares = None if data.shares is None else data.shares[kept]
    return dataclasses.replace(data, x=np.asarray(data.x[kept]), y=data.y[kept], sensitive=sensitive, shares=shares)
