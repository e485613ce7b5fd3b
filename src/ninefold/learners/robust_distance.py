"""Mahalanobis distance from the bulk of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.learners._trivial import constant
from ninefold.learners._unusual import is_uniform, ranked


@dataclass(frozen=True)
class RobustDistance:
    """Measures how far a row is from the mean in units of the covariance, both of the most ordinary rows.

    Mean and covariance of all rows say which ``bulk`` of them is most ordinary, and are then measured again on these
    (one concentration step). The covariance is shrunk towards equal spread, so that it can always be inverted.
    """

    bulk: float = setting(0.9, "Share of the rows that is taken for ordinary", low=0.5, high=1.0)

    card: ClassVar[Card] = Card(
        title="Robust distance",
        solves=("anomaly",),
        view="scaled",
        idea="Rows far from the mean, or that break a correlation between columns, are unusual.",
        inductive_bias="Rows form one cloud, an ellipsoid; columns are correlated linearly.",
        cost="Rows x columns squared, twice.",
        source="Mahalanobis 1936; Rousseeuw and Van Driessen 1999; Ledoit and Wolf 2004; scikit-learn",
        questions=(40,),
        seconds=0.1,
        family="linear",
        beats_baseline_on=("strays",),
        fails_on=("hollow",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_uniform(data):
            return constant(data)
        from sklearn.covariance import LedoitWolf

        far = LedoitWolf().fit(data.x).mahalanobis(data.x)
        bulk = far <= np.quantile(far, self.bulk)
        ordinary = data.x if is_uniform(replace(data, x=data.x[bulk])) else data.x[bulk]
        return ranked(_Ellipsoid(LedoitWolf().fit(ordinary)), data, rng)


@dataclass(frozen=True, eq=False)
class _Ellipsoid:
    """Squared Mahalanobis distance by a fitted ``model``."""

    model: Any

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return np.asarray(self.model.mahalanobis(x)[:, None])

    def graph(self, x: Var) -> Var:
        moved = op.sub(x, const(self.model.location_))
        turned = op.matmul(moved, const(np.linalg.cholesky(self.model.precision_)))
        return op.reduce_sum(op.mul(turned, turned), const([1], np.int64), keepdims=True)

    def borders(self) -> Array:
        return np.asarray(self.model.location_[None, :])
