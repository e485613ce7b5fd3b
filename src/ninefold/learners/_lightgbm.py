"""Gradient-boosted trees by LightGBM, whatever the view: settings, fitting, stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.columns import Columns
from ninefold.forms.links import HIGHEST, Link
from ninefold.forms.rising import Rising
from ninefold.learners._boosting import Scale, Watch
from ninefold.learners._trivial import constant, is_trivial

FEW = 4
"""Columns each tree may use at the least."""
LEAST_SHARE = 0.003
"""Of a class among several; a smaller one is not learned."""
OBJECTIVES: dict[str, tuple[str, str, Link]] = {
    "binary": ("binary", "binary_logloss", "sigmoid"),
    "multiclass": ("multiclass", "multi_logloss", "softmax"),
    "regression": ("regression", "l2", "identity"),
    "count": ("poisson", "poisson", "exp"),
    "quantile": ("quantile", "quantile", "identity"),
}
"""LightGBM's objective and its loss, and our link, by task."""

SHARES: tuple[str, str, Link] = ("cross_entropy", "cross_entropy", "sigmoid")
"""The same of two classes where rows are shares of either."""


@dataclass(frozen=True)
class Boosting:
    """Adds small trees one after the other, each fitted to the gradient of the loss that the others leave."""

    trees: int = setting(500, "Rounds of boosting at most", low=10, high=5000, log=True, tiny=20, grows=True)
    learning_rate: float = setting(0.06, "Weight of each new tree", low=0.005, high=0.3, log=True, tiny=0.1)
    leaves: int = setting(7, "Leaves per tree", low=3, high=255, log=True, tiny=5, simpler="low")
    min_rows: int = setting(10, "Rows a leaf must hold", low=1, high=300, log=True, simpler="high")
    feature_fraction: float = setting(0.6, "Share of columns each tree may use", low=0.2, high=1.0, simpler="low")
    bagging: float = setting(0.8, "Share of rows each tree is grown on", low=0.4, high=1.0)
    l1: float = setting(0.0, "Penalty on absolute leaf values", low=0.0, high=10.0, simpler="high")
    l2: float = setting(1.0, "Penalty on squared leaf values", low=1e-3, high=100.0, log=True, simpler="high")
    extra_trees: bool = setting(False, "Try one random threshold per column", choices=(False, True))
    cat_smooth: float = setting(10.0, "Smoothing of category statistics", low=1.0, high=200.0, log=True, simpler="high")
    cat_l2: float = setting(
        10.0, "Penalty on leaf values at category splits", low=0.1, high=100.0, log=True, simpler="high"
    )
    one_hot: int = setting(4, "Categories up to which a split singles out one", low=1, high=100, log=True)
    cat_rows: int = setting(20, "Rows a group of categories must hold", low=1, high=300, log=True)
    bins: int = setting(255, "Bins per column", low=15, high=1023, log=True)
    patience: int = setting(40, "Rounds without a better stopping loss before growth ends", low=5, high=500, log=True)

    card: ClassVar[Card]

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        if len(data.levels) > 1:
            return Rising(Columns(tuple(self._levels(data, rng, clock))))
        import lightgbm

        from ninefold.forms.trees.lightgbm import read

        scale = Scale.of(data)
        settings = self._settings(data, int(rng.integers(2**31 - 1)))
        settings |= self._limits(data, scale, settings, clock)
        table = table_of(data, scale, settings)
        stop = [] if data.stop is None else [table_of(data.stop, scale, settings, table)]
        watch = Watch(clock, self.patience)
        after_round = AfterRound(watch, lightgbm.callback.EarlyStopException)
        booster = lightgbm.train(settings, table, self.trees, valid_sets=stop, callbacks=[after_round])
        rounds = watch.best or booster.current_iteration()
        link = OBJECTIVES[data.task][2]
        text = booster.model_to_string(num_iteration=rounds)
        grown = native(booster, rounds, link, scale)
        return read(text, data.x.shape[1], link, grown, factor=scale.spread, offset=scale.centre)

    def _levels(self, data: Examples, rng: np.random.Generator, clock: Clock) -> Iterator[Form]:
        """One ensemble of trees for each quantile, each with its share of the time left."""
        for place, level in enumerate(data.levels):
            share = Clock(clock.left / (len(data.levels) - place))
            stop = None if data.stop is None else replace(data.stop, levels=(level,))
            yield self.fit(replace(data, levels=(level,), outputs=1, stop=stop), rng=rng, clock=share)

    def _limits(self, data: Examples, scale: Scale, settings: dict[str, Any], clock: Clock) -> dict[str, Any]:
        """Further bounds on the trees, found on the training rows; none here."""
        return {}

    def _settings(self, data: Examples, seed: int) -> dict[str, Any]:
        objective, loss, _ = SHARES if _is_share(data) else OBJECTIVES[data.task]
        return {
            "objective": objective,
            "metric": loss,
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.min_rows,
            # A tree that sees one column can know nothing of two.
            "feature_fraction": max(self.feature_fraction, min(1.0, FEW / data.x.shape[1])),
            "bagging_fraction": self.bagging,
            "bagging_freq": int(self.bagging < 1.0),
            "lambda_l1": self.l1,
            "lambda_l2": self.l2,
            "extra_trees": self.extra_trees,
            "cat_smooth": self.cat_smooth,
            "cat_l2": self.cat_l2,
            "max_cat_to_onehot": self.one_hot,
            "min_data_per_group": self.cat_rows,
            "max_bin": self.bins,
            "seed": seed,
            # The layout of the histograms is otherwise chosen by timing, and sums depend on it.
            "force_col_wise": True,
            "deterministic": True,
            "num_threads": 1,
            "verbosity": -1,
        } | _further(data)


def _further(data: Examples) -> dict[str, Any]:
    """Settings that only one task knows."""
    if data.task == "multiclass":
        return {"num_class": data.outputs}
    return {"alpha": data.levels[0]} if data.task == "quantile" else {}


def table_of(data: Examples, scale: Scale, settings: dict[str, Any], like: Any = None) -> Any:
    """LightGBM's own table; ``like`` is the one whose bins and categorical columns it takes over."""
    import lightgbm

    columns: Any = list(data.categorical) if like is None else "auto"
    x, y, weights = _learned(data, scale)
    return lightgbm.Dataset(x, y, weight=weights, reference=like, categorical_feature=columns, params=settings)


def _is_share(data: Examples) -> bool:
    return data.shares is not None and data.task == "binary"


def _learned(data: Examples, scale: Scale) -> tuple[Array, Array, Array | None]:
    """Rows, labels and weights; a row that is of several classes stands once for each, and weighs its share of it."""
    if data.shares is None:
        return data.x, scale.small(data.y), None
    if _is_share(data):
        return data.x, data.shares[:, 1], None
    row, code = np.nonzero(data.shares > LEAST_SHARE)
    return np.asarray(data.x[row]), code, data.shares[row, code]


@dataclass(frozen=True)
class AfterRound:
    """Called by LightGBM after each round; raises ``end`` to stop growth."""

    watch: Watch
    end: type[Exception]

    def __call__(self, round_: Any) -> None:
        results = round_.evaluation_result_list or []
        if not self.watch.goes_on(round_.iteration + 1, results[0][2] if results else None):
            raise self.end(round_.iteration, results)


def native(booster: Any, rounds: int, link: Link, scale: Scale) -> Callable[[Array], Array]:
    """Predictions [N, K] by LightGBM itself, after so many rounds."""

    def predict(x: Array) -> Array:
        out = booster.predict(x, num_iteration=rounds, num_threads=1)
        if link == "softmax":
            return np.asarray(out)
        if link == "exp":
            return np.asarray(np.minimum(out, np.exp(HIGHEST)))[:, None]
        return np.column_stack([1.0 - out, out]) if link == "sigmoid" else scale.large(out)[:, None]

    return predict


PORTFOLIO: tuple[dict[str, Value], ...] = (
    {},
    {"leaves": 31, "learning_rate": 0.05, "trees": 2000, "feature_fraction": 0.7, "bagging": 1.0},
    {"leaves": 16, "learning_rate": 0.04, "trees": 1000},
    {"leaves": 64, "learning_rate": 0.05, "trees": 3000, "feature_fraction": 0.7, "bagging": 1.0},
    {"extra_trees": True, "leaves": 39, "feature_fraction": 0.55, "l1": 0.9, "l2": 1.9, "learning_rate": 0.05},
    {"leaves": 31, "learning_rate": 0.05, "trees": 2000, "feature_fraction": 0.5, "bagging": 1.0, "one_hot": 100},
    {
        "leaves": 100,
        "learning_rate": 0.05,
        "trees": 3000,
        "min_rows": 3,
        "feature_fraction": 0.7,
        "bagging": 1.0,
        "cat_l2": 1.0,
        "cat_smooth": 3.0,
    },
    {"leaves": 64, "learning_rate": 0.015, "trees": 5000, "bins": 511, "min_rows": 20, "bagging": 1.0, "patience": 100},
    {"extra_trees": True, "leaves": 7, "learning_rate": 0.05, "trees": 1500},
    {"leaves": 4, "learning_rate": 0.1, "feature_fraction": 0.5},
)
"""Trees on a share of the rows do well on thousands of rows and cost 1 to 3 % of the error on tens of thousands. Extra
trees with 39 leaves are of AutoGluon's 2025 portfolio; the others did well in our own study (decision 0080)."""
