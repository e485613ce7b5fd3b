"""Columns of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.networks.layer import Dims, Flow

FAR = 1e6
"""Scaled values beyond this are taken for this: single precision can square it."""


@dataclass(frozen=True)
class Columns:
    """The view ``scaled``: [N, columns] complete and scaled."""

    columns: int

    @property
    def shape(self) -> Dims:
        return (self.columns,)

    def held(self, x: Array) -> Any:
        import torch

        return torch.from_numpy(np.clip(x, -FAR, FAR).astype(np.float32))

    def forward(self, rows: Any) -> Flow:
        return Flow(rows)

    def nodes(self, x: Var) -> Flow:
        near = op.min([op.max([op.cast(x, to=np.float64), const(-FAR)]), const(FAR)])
        return Flow(op.cast(near, to=np.float32))
