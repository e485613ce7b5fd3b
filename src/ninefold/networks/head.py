"""What a network's last numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.core.tasks import base_of
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Head:
    """Scores [N, S], by ``softmax`` or as they are, times ``out`` [S, K] plus ``base`` [K] is the prediction: classes
    that training rows had among all, or values back in their units. In double precision, for probabilities sum to 1
    and targets may be large."""

    softmax: bool
    out: Array
    base: Array

    @classmethod
    def of(cls, data: Examples) -> Head:
        """Classes seen in ``data``, or its targets centred and scaled."""
        if base_of(data.task) == "regression":
            y = data.y.reshape(len(data.y), -1)
            spread = y.std(axis=0)
            return cls(False, np.diag(np.where(spread > 0, spread, 1.0)), y.mean(axis=0))
        return cls(True, np.eye(data.outputs)[np.unique(data.y)], np.zeros(data.outputs))

    @property
    def scores(self) -> int:
        """How many numbers the network gives for a row."""
        return len(self.out)

    def wanted(self, y: Array) -> tuple[Array, Array]:
        """The rows [M] whose target can be said, and what the network is to say there: classes counted anew (int64
        [M]) or scaled values (float32 [M, S])."""
        if not self.softmax:
            scaled = (y.reshape(len(y), -1) - self.base) / np.diag(self.out)
            return np.arange(len(y)), scaled.astype(np.float32)
        known = np.flatnonzero(self.out[:, y].sum(axis=0) > 0)
        return known, self.out[:, y[known]].argmax(axis=0)

    def shared(self, shares: Array) -> Array:
        """Shares of all classes [N, K] as those of the classes that can be said, float32 [N, S]."""
        kept = shares @ self.out.T
        return np.asarray(kept / kept.sum(axis=1, keepdims=True), np.float32)

    def said(self, scores: Any) -> Array:
        """Predictions [N, K] float64 of scores as a torch tensor."""
        double = scores.double()
        return np.asarray((double.softmax(1) if self.softmax else double).numpy() @ self.out + self.base)

    def nodes(self, scores: Var) -> Var:
        """The same as nodes."""
        double = op.cast(scores, to=np.float64)
        return op.add(
            op.matmul(op.softmax(double, axis=1) if self.softmax else double, const(self.out)), const(self.base)
        )
