"""Which rows are in which group, by the bounds that training drew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.sketch import Grouped
from ninefold_runtime.wire import absent

Array = NDArray[Any]


class Groups(Protocol):
    """What puts rows into groups, while training and afterwards: see `Grouped`."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def levels(self) -> tuple[str, ...]: ...

    @property
    def edges(self) -> tuple[float, ...]: ...


def parts_of(grouped: Grouped, values: Array) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The groups that training had enough rows of, each with a mask over the wired ``values`` [N] that is not empty."""
    names = np.array(grouped.names, object)[codes_of(grouped, values)]
    for name in grouped.parts:
        inside = np.asarray(names == name)
        if inside.any():
            yield name, inside


def codes_of(groups: Groups, values: Array) -> NDArray[np.int64]:
    """The group of each wired value [N], as its place among the names."""
    missing, other = len(groups.names) - 1, len(groups.names) - 2
    if not groups.edges:
        place = {level: code for code, level in enumerate(groups.levels)} | {"": missing}
        return np.array([place.get(value, other) for value in values.tolist()], np.int64)
    found = np.searchsorted(np.array(groups.edges, values.dtype), values, side="left")
    return np.asarray(np.where(absent(values), missing, found), np.int64)
