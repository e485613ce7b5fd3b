"""Which rows are in which group, by the bounds that training drew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.sketch import Grouped
from ninefold_runtime.wire import absent

Array = NDArray[Any]


def parts_of(grouped: Grouped, values: Array) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The groups that training had enough rows of, each with a mask over the wired ``values`` [N] that is not empty."""
    names = np.array(grouped.names, object)[_codes(grouped, values)]
    for name in grouped.parts:
        inside = np.asarray(names == name)
        if inside.any():
            yield name, inside


def _codes(grouped: Grouped, values: Array) -> NDArray[np.int64]:
    missing, other = len(grouped.names) - 1, len(grouped.names) - 2
    if not grouped.edges:
        place = {level: code for code, level in enumerate(grouped.levels)} | {"": missing}
        return np.array([place.get(value, other) for value in values.tolist()], np.int64)
    found = np.searchsorted(np.array(grouped.edges, values.dtype), values, side="left")
    return np.asarray(np.where(absent(values), missing, found), np.int64)
