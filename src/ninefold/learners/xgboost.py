"""Gradient-boosted trees by XGBoost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.links import Link
from ninefold.learners._boosting import BEATEN_ON, Scale, Watch, known_stop
from ninefold.learners._sklearn import tame
from ninefold.learners._trivial import constant, is_trivial

OBJECTIVES: dict[str, tuple[str, str, Link]] = {
    "binary": ("binary:logistic", "logloss", "sigmoid"),
    "multiclass": ("multi:softprob", "mlogloss", "softmax"),
    "regression": ("reg:squarederror", "rmse", "identity"),
}
"""XGBoost's objective and its loss, and our link, by task."""
STOP = "stop"


@dataclass(frozen=True)
class XGBoost:
    """Adds trees grown level by level, each split the best in the gain of a second-order view of the loss."""

    trees: int = setting(500, "Rounds of boosting at most", low=10, high=5000, log=True, tiny=20, grows=True)
    learning_rate: float = setting(0.08, "Weight of each new tree", low=0.005, high=0.3, log=True, tiny=0.1)
    depth: int = setting(5, "Questions on the way to a leaf at most", low=2, high=12, tiny=3, simpler="low")
    min_weight: float = setting(
        2.0, "Curvature of the loss that a leaf must hold", low=1e-3, high=100.0, log=True, simpler="high"
    )
    feature_fraction: float = setting(0.6, "Share of columns tried at each node", low=0.2, high=1.0, simpler="low")
    bagging: float = setting(1.0, "Share of rows each tree is grown on", low=0.4, high=1.0)
    l1: float = setting(0.0, "Penalty on absolute leaf values", low=0.0, high=10.0, simpler="high")
    l2: float = setting(1.0, "Penalty on squared leaf values", low=1e-3, high=100.0, log=True, simpler="high")
    one_hot: int = setting(4, "Categories below which a split singles out one", low=2, high=100, log=True)
    bins: int = setting(255, "Bins per column", low=15, high=1023, log=True)
    patience: int = setting(40, "Rounds without a better stopping loss before growth ends", low=5, high=500, log=True)

    card: ClassVar[Card] = Card(
        title="XGBoost",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Boosting with trees grown level by level, and a price on every leaf.",
        inductive_bias="Step functions of few columns at a time, added up; no extrapolation.",
        cost="Rows x columns x rounds.",
        source="Chen and Guestrin 2016, XGBoost",
        questions=(21, 22),
        seconds=1.5,
        promise=0.6,
        family="boosting",
        beats_baseline_on=BEATEN_ON,
        fails_on=("parity", "noise"),
        library="xgboost",
        extra="boosting",
        # XGBoost adds up its trees in single precision; the graph does so in double precision.
        tolerance=1e-5,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"learning_rate": 0.04, "trees": 1500, "depth": 7, "min_weight": 5.0},
        {"learning_rate": 0.05, "trees": 1500, "depth": 3, "feature_fraction": 0.5, "bagging": 0.8},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        import xgboost

        from ninefold.forms.trees.xgboost import read

        scale, link = Scale.of(data), OBJECTIVES[data.task][2]
        table, stop = self._table(data, scale), known_stop(data)
        watch = Watch(clock, self.patience)
        booster = xgboost.train(
            self._settings(data, int(rng.integers(2**31 - 1))),
            table,
            self.trees,
            evals=[] if stop is None else [(self._table(stop, scale, table), STOP)],
            callbacks=[_after_round(watch, OBJECTIVES[data.task][1])],
            verbose_eval=False,
        )
        booster = booster[: watch.best or booster.num_boosted_rounds()]
        described = json.loads(booster.save_raw("json"))
        return read(described, link, _native(booster, data, scale), factor=scale.spread, offset=scale.centre)

    def _table(self, data: Examples, scale: Scale, like: Any = None) -> Any:
        """XGBoost's own table, in bins; ``like`` is the one whose bins it takes over."""
        import xgboost

        return xgboost.QuantileDMatrix(
            tame(data.x),
            scale.small(data.y),
            ref=like,
            feature_types=_types(data),
            max_bin=self.bins,
            enable_categorical=True,
            nthread=1,
        )

    def _settings(self, data: Examples, seed: int) -> dict[str, Any]:
        objective, loss, _ = OBJECTIVES[data.task]
        return {
            "objective": objective,
            "eval_metric": loss,
            "learning_rate": self.learning_rate,
            "max_depth": self.depth,
            "min_child_weight": self.min_weight,
            "colsample_bynode": self.feature_fraction,
            "subsample": self.bagging,
            "alpha": self.l1,
            "lambda": self.l2,
            "max_cat_to_onehot": self.one_hot,
            "max_bin": self.bins,
            "tree_method": "hist",
            "seed": seed,
            "nthread": 1,
            "verbosity": 0,
        } | ({"num_class": data.outputs} if data.task == "multiclass" else {})


def _types(data: Examples) -> list[str]:
    return ["c" if column in data.categorical else "q" for column in range(data.x.shape[1])]


def _after_round(watch: Watch, loss: str) -> Any:
    """XGBoost's callback; it ends growth by returning True."""
    import xgboost

    class AfterRound(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            losses = evals_log.get(STOP, {}).get(loss)
            return not watch.goes_on(epoch + 1, losses[-1] if losses else None)

    return AfterRound()


def _native(booster: Any, data: Examples, scale: Scale) -> Callable[[Array], Array]:
    def predict(x: Array) -> Array:
        out = booster.inplace_predict(tame(x)).astype(float)
        if data.task == "regression":
            return scale.large(out)[:, None]
        out = np.column_stack([1.0 - out, out]) if data.task == "binary" else out
        return np.asarray(out / out.sum(axis=1, keepdims=True))

    return predict
