"""Gaussian mixtures: clusters with a shape, and rows that belong to several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from warnings import catch_warnings, simplefilter

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.mixture import Mixture
from ninefold.learners._clusters import drawn, possible, seeds
from ninefold.learners._trivial import constant, is_trivial

FROM = ("kmeans", "random_from_data")
"""The first start, and the others: from k-means alone, stripes would be cut across."""
WIDE = 60
"""From so many columns on they are taken as independent within a cluster."""
ROWS_PER_COLUMN = 3
"""A cluster's covariance needs this many rows for each column; with fewer, columns are taken as independent."""


@dataclass(frozen=True)
class GaussianMixture:
    """Explains the rows as drawn from K normal distributions, by expectation-maximisation."""

    clusters: int = setting(3, "Clusters made", low=2, high=50, log=True)
    covariance: Literal["full", "diag"] = setting(
        "full", "Whether the columns of a cluster may be correlated", choices=("full", "diag")
    )
    floor: float = setting(1e-3, "Least variance of a column within a cluster", low=1e-6, high=0.1, log=True)
    starts: int = setting(3, "Starts, of which the best is kept", low=1, high=100, log=True, tiny=2)
    rows: int = setting(20_000, "Rows fitted on at most", low=100, high=1_000_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="Gaussian mixture",
        solves=("clustering",),
        view="scaled",
        idea="Find K bell shapes that would have produced the rows.",
        inductive_bias="Elliptic clusters of any width and direction. Every row has a probability for each cluster.",
        cost="Rows x clusters x columns squared for each iteration.",
        source="Dempster, Laird and Rubin 1977; scikit-learn",
        questions=(23,),
        seconds=4.0,
        family="clusters",
        beats_baseline_on=("clouds", "stripes"),
        fails_on=("one_cloud",),
        tolerance=1e-6,  # the log-density of a row far out is a large number, whose rounding the softmax magnifies
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"covariance": "diag"})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        x = drawn(data, self.rows, rng)
        models = [self._model(x, seed, FROM[min(i, 1)]) for i, seed in enumerate(seeds(self.starts, rng, clock))]
        return _form(max(models, key=lambda model: model.lower_bound_), x)

    def _model(self, x: Array, seed: int, begin: str) -> Any:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture as Native

        clusters = possible(x, self.clusters)
        full = self.covariance == "full" and x.shape[1] < WIDE and len(x) >= ROWS_PER_COLUMN * clusters * x.shape[1]
        kind = "full" if full else "diag"
        model = Native(clusters, covariance_type=kind, reg_covar=self.floor, random_state=seed, init_params=begin)
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)  # what it has after 100 iterations is good enough to be judged
            return model.fit(x)


def _form(model: Any, x: Array) -> Mixture:
    """Components in falling order of their rows; empty ones stay, as the last."""
    rows = np.bincount(model.predict(x), minlength=len(model.means_))
    order = np.argsort(-rows, kind="stable")
    whitening = model.precisions_cholesky_[order]
    diagonal = whitening if whitening.ndim == 2 else np.diagonal(whitening, axis1=1, axis2=2)
    offsets = np.log(model.weights_[order]) + np.log(diagonal).sum(axis=1)
    return Mixture(model.means_[order], whitening, offsets, lambda rows: model.predict_proba(rows)[:, order])
