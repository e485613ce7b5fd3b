"""Quantiles that do not cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, op


@dataclass(frozen=True, eq=False)
class Rising:
    """The values of a row in rising order: quantiles learned apart may cross, and sorted ones are nowhere further from
    the true ones (Chernozhukov, Fernández-Val and Galichon 2010)."""

    form: Form

    @property
    def rounds(self) -> int | None:
        return self.form.rounds

    def predict(self, x: Array) -> Array:
        return np.sort(self.form.predict(x), axis=1)

    def graph(self, x: Var) -> Var:
        values = self.form.graph(x)
        width = op.shape(values, start=1, end=2)
        return op.top_k(values, width, axis=1, largest=0, sorted=1)[0]

    def borders(self) -> Array:
        return self.form.borders()
