"""What scikit-learn's trees need in common: tame numbers in, our columns out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.trees.sklearn import read

LARGEST = float(np.finfo(np.float32).max)


def tame(x: Array) -> Array:
    """Single precision, as scikit-learn's trees want it; infinities, which they refuse, become the largest number."""
    return np.clip(x, -LARGEST, LARGEST).astype(np.float32)


def forest(model: Any, trees: Sequence[Any], data: Examples, rounds: int | None, *, doubt: float = 0.0) -> Forest:
    """The form of a fitted ``model``, a mean of ``trees``; classes the training rows lack get probability 0.

    ``doubt`` is the weight of the training rows' class shares, next to 1 for each tree: leaves of one class each would
    otherwise rule the others out, and one such error costs more log-loss than a hundred doubts.
    """
    if data.task == "regression":
        return read(trees, np.ones((1, 1)), "identity", lambda x: model.predict(tame(x))[:, None], rounds)
    places = np.asarray(model.classes_[:, None] == np.arange(data.outputs), float)
    shares = np.bincount(data.y, minlength=data.outputs) / len(data.y)
    # The leaves' shares sum to 1, so that adding to every row of the map adds to every prediction.
    places = (len(trees) * places + doubt * shares) / (len(trees) + doubt)

    def native(x: Array) -> Array:
        return np.asarray(model.predict_proba(tame(x)) @ places)

    if data.outputs == 2:
        return read(trees, places[:, 1:], "complement", native, rounds)
    return read(trees, places, "identity", native, rounds)
