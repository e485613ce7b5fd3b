"""One form for each target, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Columns:
    """The last column of every form: a value, or the probability of yes. Predictions are [N, number of forms]."""

    forms: tuple[Form, ...]

    @property
    def rounds(self) -> int | None:
        """The mean over the forms that grew: they are grown alike when they are fitted again."""
        grown = [form.rounds for form in self.forms if form.rounds is not None]
        return round(sum(grown) / len(grown)) if grown else None

    def predict(self, x: Array) -> Array:
        return np.hstack([form.predict(x)[:, -1:] for form in self.forms])

    def graph(self, x: Var) -> Var:
        last = const([-1], np.int64)
        return op.concat([op.gather(form.graph(x), last, axis=1) for form in self.forms], axis=1)

    def borders(self) -> Array:
        return np.vstack([form.borders() for form in self.forms])
