"""Made-up rows that stand for the training rows, as ``background.json`` keeps them in a bundle.

Explanations compare a row with them. They are drawn at training from groups of training rows, never copied from one.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import BundleError
from ninefold_runtime.schema import Column, Schema, Wire
from ninefold_runtime.wire import DTYPE, NO_TIME, absent

Array = NDArray[Any]
_ABSENT: dict[Wire, float | int | str] = {"number": float("nan"), "text": "", "time": int(NO_TIME)}
Cell = int | float | str | tuple[float | None, ...] | None


class Prototypes(msgspec.Struct, frozen=True):
    """``weights`` [B] sum to 1. ``columns`` by name, [B] each in wire form, None where missing; text columns hold one
    typical word or nothing."""

    weights: tuple[float, ...]
    columns: dict[str, tuple[Cell, ...]]

    @classmethod
    def of(cls, arrays: dict[str, Array], weights: Array) -> Prototypes:
        """From wired columns [B] each."""
        return cls(tuple(weights.tolist()), {name: _cells(values) for name, values in arrays.items()})

    def wired(self, schema: Schema) -> tuple[dict[str, Array], Array]:
        """The columns that the graph takes as arrays [B], and the weights [B].

        Raises:
            BundleError: NF-R108 when they do not fit the schema.
        """
        try:
            arrays = {column.name: _array(self.columns[column.name], column) for column in schema.columns}
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _unfit(f"a column is missing or holds something else ({error})") from error
        weights = np.array(self.weights)
        if any(len(values) != len(weights) for values in arrays.values()):
            raise _unfit("columns and weights differ in length")
        if not len(weights) or not np.isfinite(weights).all() or (weights <= 0).any():
            raise _unfit("weights must be more than 0")
        return arrays, weights / weights.sum()


def _cells(values: Array) -> tuple[Cell, ...]:
    if values.ndim > 1:
        return tuple(tuple(None if math.isnan(value) else value for value in row) for row in values.tolist())
    missing = absent(values)
    return tuple(None if gone else value for value, gone in zip(values.tolist(), missing.tolist(), strict=True))


def _array(cells: tuple[Cell, ...], column: Column) -> Array:
    if column.wire == "series":
        return np.array(cells, np.float64).reshape(len(cells), *column.shape)
    wire = column.wire
    kinds = {"number": (int, float), "text": (str,), "time": (int,)}[wire]
    if not all(cell is None or isinstance(cell, kinds) for cell in cells):
        raise TypeError(f"cells of a column of {wire}")
    return np.array([_ABSENT[wire] if cell is None else cell for cell in cells], DTYPE[wire])


def _unfit(why: str) -> BundleError:
    return BundleError("NF-R108", f"background.json is not as expected: {why}", hint="make the bundle again")
