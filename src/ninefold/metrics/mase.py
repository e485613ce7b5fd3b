"""Mean absolute scaled error of forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Mase:
    """Hyndman and Koehler (2006): the mean absolute error in units of the mean error of the seasonal naive forecast,
    here of the window that a forecast is made from. Targets are in these units already."""

    title: ClassVar[str] = "MASE"
    solves: ClassVar[tuple[Task, ...]] = ("forecast",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean(np.abs(y - predictions))) if len(y) else float("nan")
