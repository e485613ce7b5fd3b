"""Are a column's levels bands of a target of values? Told by how often the level changes along the sorted target."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array

FEWEST_ROWS, SAMPLE = 50, 20_000
ROWS_A_LEVEL = 5
MIXED = 0.05
"""Share of the changes expected by chance that are allowed: a few rows may lie in the wrong band."""
EXPECTED = 10
"""Changes expected by chance, below which nothing is said."""


def are_bands(values: Array, y: Array, rng: np.random.Generator) -> bool:
    """Whether the levels of ``values`` [N] hardly overlap along ``y`` [N].

    Rows sorted by the target change their level once less than there are levels where these are bands of it, and
    nearly in every row where they have nothing to do with it (Wald and Wolfowitz's runs, 1940).
    """
    if len(y) < FEWEST_ROWS:
        return False
    mixed = rng.permutation(len(y))[:SAMPLE]
    values, y = values[mixed], y[mixed]
    _, codes, counts = np.unique(_comparable(values), return_inverse=True, return_counts=True)
    if not 2 <= len(counts) <= len(y) / ROWS_A_LEVEL:
        return False
    along = codes[np.argsort(y, kind="stable")]
    spare = np.count_nonzero(np.diff(along)) - (len(counts) - 1)
    chance = len(y) * (1 - ((counts / len(y)) ** 2).sum()) - (len(counts) - 1)
    return bool(chance >= EXPECTED and spare <= MIXED * chance)


def _comparable(values: Array) -> Array:
    return values.astype(str) if values.dtype.kind == "O" else values
