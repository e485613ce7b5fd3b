"""A weighted mean of forms of one view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.blend import blend_graph
from ninefold.forms.onnx import Var


@dataclass(frozen=True, eq=False)
class Weighed:
    """``members`` predict [N, K] each from the same columns; ``weights`` sum to 1."""

    members: tuple[Form, ...]
    weights: tuple[float, ...]

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        pairs = zip(self.weights, self.members, strict=True)
        return np.asarray(sum(weight * member.predict(x) for weight, member in pairs))

    def graph(self, x: Var) -> Var:
        return blend_graph(
            [(weight, member.graph(x)) for weight, member in zip(self.weights, self.members, strict=True)]
        )

    def borders(self) -> Array:
        return np.vstack([member.borders() for member in self.members])
