"""The mean of forms of one view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Mean:
    """``members`` predict [N, K] each from the same columns; their number is the form's ``rounds``."""

    members: tuple[Form, ...]

    @property
    def rounds(self) -> int:
        return len(self.members)

    def predict(self, x: Array) -> Array:
        return np.asarray(sum(member.predict(x) for member in self.members) / len(self.members))

    def graph(self, x: Var) -> Var:
        return op.div(op.sum([member.graph(x) for member in self.members]), const(float(len(self.members))))

    def borders(self) -> Array:
        return np.vstack([member.borders() for member in self.members])
