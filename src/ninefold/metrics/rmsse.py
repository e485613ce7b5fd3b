"""Root mean squared scaled error of forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Rmsse:
    """Of the M5 competition (Makridakis and others 2022): the root of the mean squared error, here in units of the mean
    error of the seasonal naive forecast within the window. Targets are in these units already."""

    title: ClassVar[str] = "RMSSE"
    solves: ClassVar[tuple[Task, ...]] = ("forecast",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.sqrt(np.mean((y - predictions) ** 2))) if len(y) else float("nan")
