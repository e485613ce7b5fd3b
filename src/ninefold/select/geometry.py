"""How the training rows lie in their numeric columns, measured on an even sample of them."""

from __future__ import annotations

import numpy as np

from ninefold.core.results import Geometry
from ninefold.core.table import Array, Dataset
from ninefold.diagnosis.dimension import distances, intrinsic_dimension, relative_contrast

SAMPLE = 500
FEWEST_COLUMNS = 2
ROWS_PER_COLUMN = 5
"""Training rows for each column, below which there are too many columns."""
LOW_CONTRAST = 1.0
"""The farthest row is then not even twice as far as the nearest: uniform numbers reach it at some thirty columns."""


def geometry(dataset: Dataset) -> Geometry:
    """Dimension and contrast of the numeric columns, each with its gaps at the mean and unit variance."""
    x = _scaled(dataset)
    far = distances(x) if x.shape[1] >= FEWEST_COLUMNS else None
    told = (intrinsic_dimension(far), relative_contrast(far)) if far else (None, None)
    return Geometry(dataset.train_rows, len(dataset.columns), x.shape[1], *told)


def _scaled(dataset: Dataset) -> Array:
    """[at most `SAMPLE`, numeric columns that vary]."""
    sample = np.linspace(0, dataset.train_rows - 1, min(SAMPLE, dataset.train_rows)).round().astype(np.int64)
    numbers = [
        values[sample] for values in dataset.rows.columns.values() if values.dtype.kind == "f" and values.ndim == 1
    ]
    x = np.column_stack(numbers) if numbers else np.empty((len(sample), 0))
    known = np.ma.masked_invalid(x)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the largest: their column is left out
        centred = np.asarray((known - known.mean(axis=0)).filled(0.0))
        spread = centred.std(axis=0)
    usable = (spread > 0) & np.isfinite(spread)
    return np.asarray(centred[:, usable] / spread[usable])


def is_flat(found: Geometry) -> bool:
    """Whether distances no longer tell near from far."""
    return found.contrast is not None and found.contrast < LOW_CONTRAST


def is_cursed(found: Geometry) -> bool:
    """Whether neighbours, or weights for every column, have too little to go by."""
    return is_flat(found) or found.columns * ROWS_PER_COLUMN > found.rows
