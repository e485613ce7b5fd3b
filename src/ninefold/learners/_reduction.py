"""Learning under a criterion of fairness: one fit after another, each on rows weighed anew, and a mean of them.

The reduction of Agarwal, Beygelzimer, Dudík, Langford and Wallach 2018, by Fairlearn: a game between a learner, which
sees labels and weights, and multipliers, which grow where groups are apart. Its outcome is a lottery over fits. A
model that is asked twice must answer the same, so that the lottery's odds become the weights of a mean.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form
from ninefold.core.table import Array
from ninefold.forms.constant import Constant
from ninefold.forms.weighed import Weighed
from ninefold.learners._trivial import constant

Fit = Callable[[Array, Array], Form]
"""From labels [N] and weights [N], 1 on average, to a form of the examples' columns."""
LEAST = 0.01
"""Share of the lottery below which a fit is left out."""
BOUND = 0.01
"""Groups of the training rows may be so far apart."""


class TimeUp(Exception):
    """The clock ran out between two fits."""


def reduced(data: Examples, fit: Fit, iterations: int, clock: Clock) -> Form:
    """The mean of the fits that the game ends with, or a single fit where no groups are known."""
    groups = None if data.sensitive is None else data.sensitive.groups
    if groups is None or len(np.unique(groups)) < 2:
        return fit(data.y, np.ones(len(data.y)))
    from fairlearn.reductions import ExponentiatedGradient

    game = ExponentiatedGradient(_Oracle(fit, data.x, clock), _constraint(data), max_iter=iterations)
    rows = np.arange(len(data.y))[:, None]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pandas and SciPy, about how Fairlearn calls them
            game.fit(rows, data.y, sensitive_features=groups)
    except TimeUp:
        return constant(data)
    odds = np.asarray(game.weights_.sort_index(), float)
    kept = np.flatnonzero(odds >= min(LEAST, odds.max()))
    forms = tuple(_form(game.predictors_[i], data) for i in kept)
    return forms[0] if len(forms) == 1 else Weighed(forms, tuple((odds[kept] / odds[kept].sum()).tolist()))


def _constraint(data: Examples) -> Any:
    from fairlearn import reductions

    assert data.sensitive is not None
    names = {"demographic-parity": "DemographicParity", "equal-opportunity": "TruePositiveRateParity"}
    name = names.get(data.sensitive.criterion, "EqualizedOdds")
    return getattr(reductions, name)(difference_bound=BOUND)


def _form(predictor: Any, data: Examples) -> Form:
    """Where weights leave one label, Fairlearn answers with it in the learner's place."""
    if isinstance(predictor, _Oracle):
        assert predictor.form is not None
        return predictor.form
    label = int(predictor.constant)
    return Constant(np.array([1.0 - label, float(label)]), data.x.shape[1])


@dataclass
class _Oracle:
    """What Fairlearn takes for an estimator; it always sees all rows of ``x`` in their order."""

    refit: Fit
    x: Array
    clock: Clock
    form: Form | None = None
    said: Array | None = None

    def __deepcopy__(self, memo: object) -> _Oracle:
        return _Oracle(self.refit, self.x, self.clock)

    def fit(self, _: Array, y: Array, sample_weight: Array) -> None:
        if self.clock.left <= 0:
            raise TimeUp
        self.form = self.refit(np.asarray(y, np.int64), np.asarray(sample_weight, float))
        self.said = np.asarray(self.form.predict(self.x)[:, 1] >= 0.5, np.int64)

    def predict(self, _: Array) -> Array:
        assert self.said is not None
        return self.said
