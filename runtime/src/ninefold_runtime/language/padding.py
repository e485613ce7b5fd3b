"""Numbers of texts of different lengths as one matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def padded(rows: Sequence[Sequence[int]]) -> NDArray[Any]:
    """[N, the longest, at least 1] int64, the shorter ones filled with 0 behind."""
    out = np.zeros((len(rows), max([1, *map(len, rows)])), np.int64)
    for place, row in enumerate(rows):
        out[place, : len(row)] = row
    return out
