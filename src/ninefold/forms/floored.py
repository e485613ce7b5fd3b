"""A form whose values are kept from falling below zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Floored:
    """The larger of the form's value and 0: what least squares makes of counts may be negative, a count is not."""

    form: Form

    @property
    def rounds(self) -> int | None:
        return self.form.rounds

    def predict(self, x: Array) -> Array:
        return np.maximum(self.form.predict(x), 0.0)

    def graph(self, x: Var) -> Var:
        return op.max([self.form.graph(x), const(0.0)])

    def borders(self) -> Array:
        return self.form.borders()
