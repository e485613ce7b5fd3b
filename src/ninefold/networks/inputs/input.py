"""What every input promises."""

from __future__ import annotations

from typing import Any, Protocol

from ninefold.core.table import Array
from ninefold.forms.onnx import Var
from ninefold.networks.layer import Dims, Flow


class Input(Protocol):
    """Plain data. `held` is done once, `forward` with every batch, on its device; `nodes` is both, in the graph."""

    @property
    def shape(self) -> Dims:
        """The shape of the values that it gives, without N."""
        ...

    def held(self, x: Array) -> Any:
        """[N, D] of the view as the tensor that batches are cut from; small in memory."""
        ...

    def forward(self, rows: Any) -> Flow:
        """Rows of `held` as a `Flow`."""
        ...

    def nodes(self, x: Var) -> Flow:
        """[N, D] of the view, whatever its element type, as a `Flow` of float32 (tokens: int64)."""
        ...
