"""What tests of explanations share: graphs that are known functions of raw columns, and backgrounds for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.schema import Column, Schema, Target


def asked(
    function: Callable[[Arrays], Array],
    columns: Mapping[str, Any],
    *,
    outputs: tuple[str, ...] = ("y",),
    weights: Array | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Asked:
    """``function`` of wired columns to [N] or [N, K], over a background of these columns."""
    kinds = kinds or {}
    schema = Schema(
        columns=tuple(column(name, values, kinds.get(name)) for name, values in columns.items()),
        target=Target(name="y", task="regression"),
    )

    def ask(rows: Arrays) -> Array:
        said = np.asarray(function(rows), np.float64)
        return said.reshape(len(said), len(outputs))

    rows = len(next(iter(columns.values())))
    shares = np.full(rows, 1 / rows) if weights is None else weights / weights.sum()
    return Asked(schema, ask, outputs, Background(columns, shares))


def column(name: str, values: Array, kind: str | None = None) -> Column:
    """A column as training would have described it."""
    if values.dtype.kind == "O":
        levels, counts = np.unique(values[values != ""], return_counts=True)
        ranked = tuple(levels[np.argsort(-counts)].tolist())
        return Column(name=name, kind=kind or "category", levels=ranked, distinct=len(ranked))
    if values.dtype.kind == "i":
        return Column(name=name, kind="datetime")
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    return Column(name=name, kind=kind or "number", minimum=low, maximum=high)


def one(**values: Any) -> dict[str, Array]:
    """A row as columns of one entry."""
    wires = {str: object, int: np.int64, float: np.float64}
    return {name: np.array([value], wires[type(value)]) for name, value in values.items()}
