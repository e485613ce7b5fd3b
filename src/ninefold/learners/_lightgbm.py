"""Gradient-boosted trees by LightGBM, whatever the view: settings, fitting, stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.columns import Columns
from ninefold.forms.links import HIGHEST, Link
from ninefold.forms.rising import Rising
from ninefold.learners._trivial import constant, is_trivial

FEW = 4
"""Columns each tree may use at the least."""
OBJECTIVES: dict[str, tuple[str, str, Link]] = {
    "binary": ("binary", "binary_logloss", "sigmoid"),
    "multiclass": ("multiclass", "multi_logloss", "softmax"),
    "regression": ("regression", "l2", "identity"),
    "count": ("poisson", "poisson", "exp"),
    "quantile": ("quantile", "quantile", "identity"),
}
"""LightGBM's objective and its loss, and our link, by task."""


@dataclass(frozen=True)
class Boosting:
    """Adds small trees one after the other, each fitted to the gradient of the loss that the others leave."""

    trees: int = setting(500, "Rounds of boosting at most", low=10, high=5000, log=True, tiny=20, grows=True)
    learning_rate: float = setting(0.06, "Weight of each new tree", low=0.005, high=0.3, log=True, tiny=0.1)
    leaves: int = setting(7, "Leaves per tree", low=3, high=255, log=True, tiny=5)
    min_rows: int = setting(10, "Rows a leaf must hold", low=1, high=300, log=True)
    feature_fraction: float = setting(0.6, "Share of columns each tree may use", low=0.2, high=1.0)
    bagging: float = setting(0.8, "Share of rows each tree is grown on", low=0.4, high=1.0)
    l1: float = setting(0.0, "Penalty on absolute leaf values", low=0.0, high=10.0)
    l2: float = setting(1.0, "Penalty on squared leaf values", low=1e-3, high=100.0, log=True)
    extra_trees: bool = setting(False, "Try one random threshold per column", choices=(False, True))
    cat_smooth: float = setting(10.0, "Smoothing of category statistics", low=1.0, high=200.0, log=True)
    cat_l2: float = setting(10.0, "Penalty on leaf values at category splits", low=0.1, high=100.0, log=True)
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

        scale = _Scale.of(data)
        settings = self._settings(data, int(rng.integers(2**31 - 1)))
        table = _table(data, scale, settings)
        stop = [] if data.stop is None else [_table(data.stop, scale, settings, table)]
        watch = _Watch(clock, self.patience, lightgbm.callback.EarlyStopException)
        booster = lightgbm.train(settings, table, self.trees, valid_sets=stop, callbacks=[watch])
        rounds = watch.best or booster.current_iteration()
        link = OBJECTIVES[data.task][2]
        text = booster.model_to_string(num_iteration=rounds)
        native = _native(booster, rounds, link, scale)
        return read(text, data.x.shape[1], link, native, factor=scale.spread, offset=scale.centre)

    def _levels(self, data: Examples, rng: np.random.Generator, clock: Clock) -> Iterator[Form]:
        """One ensemble of trees for each quantile, each with its share of the time left."""
        for place, level in enumerate(data.levels):
            share = Clock(clock.left / (len(data.levels) - place))
            stop = None if data.stop is None else replace(data.stop, levels=(level,))
            yield self.fit(replace(data, levels=(level,), outputs=1, stop=stop), rng=rng, clock=share)

    def _settings(self, data: Examples, seed: int) -> dict[str, Any]:
        objective, loss, _ = OBJECTIVES[data.task]
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


@dataclass(frozen=True)
class _Scale:
    """LightGBM holds targets in single precision: values are centred and scaled first, and leaves scaled back."""

    centre: float = 0.0
    spread: float = 1.0

    @classmethod
    def of(cls, data: Examples) -> _Scale:
        return cls(float(data.y.mean()), float(data.y.std())) if data.task in {"regression", "quantile"} else cls()


def _table(data: Examples, scale: _Scale, settings: dict[str, Any], like: Any = None) -> Any:
    """LightGBM's own table; ``like`` is the one whose bins and categorical columns it takes over."""
    import lightgbm

    y = (data.y - scale.centre) / scale.spread
    columns: Any = list(data.categorical) if like is None else "auto"
    return lightgbm.Dataset(data.x, y, reference=like, categorical_feature=columns, params=settings)


@dataclass(eq=False)
class _Watch:
    """Called by LightGBM after each round: ends growth when the stopping loss has not improved for ``patience``
    rounds, or when the clock has run out. ``best`` is the round of the lowest stopping loss, None without one."""

    clock: Clock
    patience: int
    end: type[Exception]
    best: int | None = None
    loss: float = field(default=np.inf)

    def __call__(self, round_: Any) -> None:
        done = round_.iteration + 1
        if round_.evaluation_result_list:
            loss = round_.evaluation_result_list[0][2]
            if self.best is None or loss < self.loss:
                self.best, self.loss = done, loss
        stale = self.best is not None and done - self.best >= self.patience
        if stale or self.clock.left <= 0:
            raise self.end(round_.iteration, round_.evaluation_result_list or [])


def _native(booster: Any, rounds: int, link: Link, scale: _Scale) -> Callable[[Array], Array]:
    def predict(x: Array) -> Array:
        out = booster.predict(x, num_iteration=rounds, num_threads=1)
        if link == "softmax":
            return np.asarray(out)
        if link == "exp":
            return np.asarray(np.minimum(out, np.exp(HIGHEST)))[:, None]
        return np.column_stack([1.0 - out, out]) if link == "sigmoid" else (out * scale.spread + scale.centre)[:, None]

    return predict


BEATEN_ON = (
    "halfspace",
    "xor",
    "rings",
    "blobs",
    "linear",
    "steps",
    "smooth",
    "categorical",
    "missing",
    "imbalanced",
    "noise_columns",
)
"""Worlds on which boosted trees beat the baseline, whatever the view."""

PORTFOLIO: tuple[dict[str, Value], ...] = (
    {},
    {"extra_trees": True, "leaves": 39, "feature_fraction": 0.55, "l1": 0.9, "l2": 1.9, "learning_rate": 0.05},
    {"leaves": 64, "learning_rate": 0.03, "trees": 3000, "bins": 511, "min_rows": 20},
    {"leaves": 16, "learning_rate": 0.04, "trees": 1000},
    {"leaves": 31, "learning_rate": 0.05, "feature_fraction": 0.9, "bagging": 0.9},
    {"extra_trees": True, "leaves": 7, "learning_rate": 0.05, "trees": 1500},
    {"leaves": 4, "learning_rate": 0.1, "feature_fraction": 0.5},
)
"""The second to the fourth ran well in the study of settings behind the search (AutoGluon's 2025 portfolio gave
extra_trees with 39 leaves); from 10,000 rows on, the 64 leaves come first."""
