"""One form for each target, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Columns:
    """The last column of every form: a value, or the probability of yes. Predictions are [N, number of forms]; or, of
    mixed targets, as many of the last columns of each form as ``widths`` say."""

    forms: tuple[Form, ...]
    widths: tuple[int, ...] = ()

    @property
    def lasts(self) -> tuple[tuple[Form, list[int]], ...]:
        """Each form with its columns that count, from the end."""
        widths = self.widths or (1,) * len(self.forms)
        return tuple((form, list(range(-width, 0))) for form, width in zip(self.forms, widths, strict=True))

    @property
    def rounds(self) -> int | None:
        """The mean over the forms that grew: they are grown alike when they are fitted again."""
        grown = [form.rounds for form in self.forms if form.rounds is not None]
        return round(sum(grown) / len(grown)) if grown else None

    def predict(self, x: Array) -> Array:
        return np.hstack([form.predict(x)[:, last] for form, last in self.lasts])

    def graph(self, x: Var) -> Var:
        each = [op.gather(form.graph(x), const(last, np.int64), axis=1) for form, last in self.lasts]
        return op.concat(each, axis=1)

    def borders(self) -> Array:
        return np.vstack([form.borders() for form in self.forms])
