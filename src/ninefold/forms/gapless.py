"""A form that knows no gaps, where there may be some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Gapless:
    """What is missing counts as 0."""

    form: Form

    @property
    def rounds(self) -> int | None:
        return self.form.rounds

    def predict(self, x: Array) -> Array:
        return self.form.predict(np.where(np.isnan(x), 0.0, x))

    def graph(self, x: Var) -> Var:
        return self.form.graph(op.where(op.isnan(x), const(0.0), x))

    def borders(self) -> Array:
        return self.form.borders()
