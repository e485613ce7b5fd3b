"""Maps: rows in two dimensions, for the eye. Nothing is learned from them.

Principal components keep distances as well as two dimensions can; t-SNE (van der Maaten and Hinton 2008) and UMAP
(McInnes, Healy and Melville 2018) keep neighbours together, while sizes of and distances between groups mean little.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.results import Map
from ninefold.core.table import Array

POINTS = 800
"""Rows that a map shows."""
NEEDED = {"t-SNE": 10.0, "UMAP": 40.0}
"""Seconds that must be left for a map that keeps neighbours."""
FEWEST = 30


def maps(x: Array, codes: Array, seed: int, clock: Clock, *, timed: bool) -> tuple[Map, ...]:
    """Principal components always; t-SNE where there is time; UMAP where it is installed as well, in ``timed`` runs
    alone, as its results are not the same on every machine."""
    rows = np.sort(np.random.default_rng([seed, 70]).permutation(len(x))[:POINTS])
    some, shown = x[rows], codes[rows]
    found = [_principal(x, some, shown)]
    if len(some) >= FEWEST and some.shape[1] > 2 and clock.left > NEEDED["t-SNE"]:
        found.append(
            _map("t-SNE", "Neighbours stay together; distances between groups mean little.", _tsne(some, seed), shown)
        )
    if len(found) > 1 and timed and clock.left > NEEDED["UMAP"] and find_spec("umap") is not None:
        found.append(
            _map("UMAP", "Neighbours stay together; distances between groups mean little.", _umap(some, seed), shown)
        )
    return tuple(found)


def _principal(x: Array, some: Array, codes: Array) -> Map:
    """The two directions in which all rows differ most; each points to where its largest loading is positive."""
    middle = x.mean(axis=0)
    _, strengths, directions = np.linalg.svd(x - middle, full_matrices=False)
    two = np.zeros((2, x.shape[1]))
    kept = directions[:2]
    two[: len(kept)] = kept * np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])[:, None]
    total = float((strengths**2).sum())
    share = float((strengths[:2] ** 2).sum()) / total if total else 0.0
    return _map(
        "principal components",
        f"These two directions hold {share:.0%} of the variance.",
        (some - middle) @ two.T,
        codes,
    )


def _tsne(x: Array, seed: int) -> Array:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(x) - 1) / 3)
    made = TSNE(perplexity=perplexity, init="random", random_state=seed % 2**32, n_jobs=1).fit_transform(x)
    return np.asarray(made, float)


def _umap(x: Array, seed: int) -> Array:
    from umap import UMAP

    made = UMAP(random_state=seed % 2**32, n_jobs=1, n_neighbors=min(15, len(x) - 1)).fit_transform(x)
    return np.asarray(made, float)


def _map(name: str, note: str, points: Array, codes: Array) -> Map:
    x, y = (tuple(float(f"{value:.4g}") for value in column) for column in points.T)
    return Map(name, note, x, y, tuple(codes.tolist()))
