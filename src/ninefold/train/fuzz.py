"""Rows that nobody would train on: the parity gate tries the graph on them."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array, Dataset, Rows
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import NO_TIME

NUMBERS = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e300, 1e-300, 2.0**53 + 1, 1e15, -1.5)
TEXTS = (
    "",
    " ",
    "unseen",
    "日本語",
    "naïve café 😀",
    "'; DROP TABLE",
    "a" * 500,
    "1e5",
    "None",
    "nan",
    "\x1f\x02",
    "A B c",
)
TIMES = (NO_TIME, 0, -1, -(2**62), 2**62, 951_782_400_000_000, 4_102_444_800_000_000)


def fuzzed(dataset: Dataset, rows: int, rng: np.random.Generator) -> Rows:
    """Rows that mix training values of each column, shuffled apart, with extreme, missing and unseen ones.

    The first rows are wholly missing, wholly extreme, and wholly unseen; the target is 0 throughout.
    """
    columns = {column.name: _column(column, dataset.rows.columns[column.name], rows, rng) for column in dataset.columns}
    return Rows(columns, np.zeros((rows, *dataset.rows.target.shape[1:]), dataset.rows.target.dtype))


def _column(column: Column, known: Array, rows: int, rng: np.random.Generator) -> Array:
    odd: Array = _arrays(known) if column.shape else _cells(column, known)
    values = known[rng.integers(len(known), size=rows)]
    strange = rng.random(rows) < 0.3
    values[strange] = odd[rng.integers(len(odd), size=int(strange.sum()))]
    values[: len(odd)] = odd[: min(len(odd), rows)]
    return values


def _arrays(known: Array) -> Array:
    """Images and series that are one value throughout, or the other way about."""
    levels = (0, 1, 255) if known.dtype == np.uint8 else (np.nan, 0.0, 1e300, -1e300, 1e-300)
    flat = [np.full(known.shape[1:], level, known.dtype) for level in levels]
    return np.stack([*flat, known[0, ::-1], np.where(np.isnan(known[0]), 0, known[0])])


def _cells(column: Column, known: Array) -> Array:
    odd: Array = np.array(
        {"number": NUMBERS, "text": TEXTS, "time": TIMES}[column.wire], object if column.wire == "text" else known.dtype
    )
    return odd
