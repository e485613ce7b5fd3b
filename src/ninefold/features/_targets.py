"""The target as numbers that means can be taken of."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Known
from ninefold.core.table import Array


def targets(known: Known) -> Array:
    """[N, C]: the values, the positive class as 0/1, or one 0/1 column per class."""
    if known.task == "multiclass":
        return np.eye(known.outputs)[known.y]
    return known.y.astype(np.float64)[:, None]
