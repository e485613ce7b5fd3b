"""String blocks looked up in one table: every cell is prefixed with its column's position, then encoded at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, ml, op

SEPARATOR = "\x1f"


def counted(values: Array) -> list[Counter[str]]:
    """How often each non-missing level occurs, per column of a string block [N, k]."""
    counts = [Counter(column.tolist()) for column in values.T]
    for count in counts:
        count.pop("", None)
    return counts


def numbered(values: Array) -> tuple[list[str], Array]:
    """The levels of a column [N] in order of first appearance, and each row's position among them."""
    cells = values.tolist()
    place = {level: i for i, level in enumerate(dict.fromkeys(cells))}
    return list(place), np.array([place[cell] for cell in cells], np.int64)


def frequent(count: Counter[str], least: int, most: int) -> list[str]:
    """Levels seen at least ``least`` times, most frequent first (ties in text order), at most ``most`` of them."""
    ordered = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    return [level for level, n in ordered[:most] if n >= least]


def key(column: int, level: str) -> str:
    return f"{column}{SEPARATOR}{level}"


def lookup(block: Var, keys: Sequence[str], values: Array, default: float | int, width: int) -> Var:
    """[N, k] strings to [N, k] numbers of ``values``'s type: ``values[i]`` where the prefixed cell is ``keys[i]``."""
    prefixes = np.array([key(column, "") for column in range(width)], np.str_)
    prefixed = op.string_concat(const(prefixes, np.str_), block)
    return ml.label_encoder(
        prefixed,
        keys_tensor=np.array(keys, np.str_),
        values_tensor=values,
        default_tensor=np.array([default], values.dtype),
    )
