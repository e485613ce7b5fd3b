"""Gradient-boosted symmetric trees by CatBoost."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.links import Link
from ninefold.forms.looked_up import slots
from ninefold.learners._boosting import BEATEN_ON, Scale, Watch, known_stop
from ninefold.learners._trivial import constant, is_trivial

OBJECTIVES: dict[str, tuple[str, Link]] = {
    "binary": ("Logloss", "sigmoid"),
    "multiclass": ("MultiClass", "softmax"),
    "regression": ("RMSE", "identity"),
}
"""CatBoost's loss, and our link, by task."""


@dataclass(frozen=True)
class CatBoost:
    """Adds symmetric trees, which ask one question per level; categories are met as smoothed shares of the target.

    Those shares are made from the rows that came before in a random order, so that no row sees its own target.
    """

    trees: int = setting(1000, "Rounds of boosting at most", low=10, high=5000, log=True, tiny=20, grows=True)
    learning_rate: float = setting(0.08, "Weight of each new tree", low=0.005, high=0.3, log=True, tiny=0.1)
    depth: int = setting(6, "Questions a tree asks", low=2, high=10, tiny=3, simpler="low")
    l2: float = setting(3.0, "Penalty on squared leaf values", low=1e-5, high=100.0, log=True, simpler="high")
    bagging: float = setting(1.0, "Share of rows each tree is grown on", low=0.4, high=1.0)
    feature_fraction: float = setting(1.0, "Share of columns tried at each level", low=0.2, high=1.0, simpler="low")
    noise: float = setting(1.0, "Randomness of the choice of questions", low=0.01, high=10.0, log=True)
    one_hot: int = setting(2, "Categories up to which a column is asked for each one", low=2, high=100, log=True)
    bins: int = setting(128, "Bins per column", low=16, high=254, log=True)
    steps: int = setting(1, "Newton steps for the values of a tree's leaves", low=1, high=10)
    patience: int = setting(40, "Rounds without a better stopping loss before growth ends", low=5, high=500, log=True)

    card: ClassVar[Card] = Card(
        title="CatBoost",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Boosting with trees of one question per level, and categories as target shares of earlier rows.",
        inductive_bias="Step functions on grids of few columns, added up; categories with a similar target are alike.",
        cost="Rows x columns x rounds x depth; several times LightGBM's.",
        source="Prokhorenkova and others 2018, CatBoost",
        questions=(14, 21, 22),
        seconds=3.0,
        promise=0.8,
        family="boosting",
        beats_baseline_on=BEATEN_ON,
        fails_on=("parity", "noise"),
        library="catboost",
        extra="boosting",
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"one_hot": 20},
        {"learning_rate": 0.05, "trees": 2000, "depth": 7, "feature_fraction": 0.7},
        {"learning_rate": 0.09, "depth": 9, "l2": 1e-4},
        {"learning_rate": 0.04, "trees": 3000, "depth": 8, "l2": 5.0, "feature_fraction": 0.5},
        {"learning_rate": 0.05, "trees": 2000, "depth": 4, "l2": 10.0},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data) or _is_flat(data):
            return constant(data)
        import catboost

        seen, scale = _Seen.of(data), Scale.of(data)
        watch = _AfterIteration(Watch(clock, self.patience), OBJECTIVES[data.task][0])
        model = catboost.CatBoost(self._settings(data, int(rng.integers(2**31 - 1))))
        pool = seen.pool(data, scale)
        rows = known_stop(data)
        stop = None if rows is None else seen.pool(rows, scale)
        model.fit(pool, eval_set=stop, callbacks=[watch])
        model.shrink(watch.watch.best or model.tree_count_)
        return _form(model, pool, seen, data, scale)

    def _settings(self, data: Examples, seed: int) -> dict[str, Any]:
        bagged = {"bootstrap_type": "Bernoulli", "subsample": self.bagging}
        return {
            "loss_function": OBJECTIVES[data.task][0] + ":hints=skip_train~true",
            "iterations": self.trees,
            "learning_rate": self.learning_rate,
            "depth": self.depth,
            "l2_leaf_reg": self.l2,
            "rsm": self.feature_fraction,
            "random_strength": self.noise,
            "one_hot_max_size": self.one_hot,
            "border_count": self.bins,
            "leaf_estimation_iterations": self.steps,
            "boosting_type": "Plain",
            # A statistic of two columns at once would need a table of their pairs.
            "max_ctr_complexity": 1,
            "counter_calc_method": "SkipTest",
            "use_best_model": False,
            "random_seed": seed,
            "thread_count": 1,
            "allow_writing_files": False,
            "logging_level": "Silent",
        } | (bagged if self.bagging < 1.0 else {"bootstrap_type": "No"})


def _is_flat(data: Examples) -> bool:
    """No column differs between rows in single precision; CatBoost refuses such data."""
    with np.errstate(over="ignore"):
        x = data.x.astype(np.float32)
    return bool(((x == x[0]) | np.isnan(x) & np.isnan(x[0])).all())


@dataclass(frozen=True, eq=False)
class _Seen:
    """What training met: columns of numbers and of codes, categories by code (0: missing or unseen), classes."""

    numbers: Array
    codes: Array
    words: Array
    classes: Array

    @classmethod
    def of(cls, data: Examples) -> _Seen:
        codes = np.array(data.categorical, int)
        numbers = np.setdiff1d(np.arange(data.x.shape[1]), codes)
        largest = int(np.nanmax(data.x[:, codes], initial=0.0))
        words = np.array([b"", *(str(code).encode() for code in range(1, largest + 1))], object)
        return cls(numbers, codes, words, np.unique(data.y) if data.task != "regression" else np.zeros(0))

    def features(self, x: Array) -> Any:
        import catboost

        words = self.words[slots(x[:, self.codes], len(self.words))] if len(self.codes) else None
        with np.errstate(over="ignore"):
            numbers = np.ascontiguousarray(x[:, self.numbers], np.float32) if len(self.numbers) else None
        return catboost.FeaturesData(numbers, words)

    def pool(self, data: Examples, scale: Scale) -> Any:
        """CatBoost's own table; the classes are numbered anew, without gaps."""
        import catboost

        y = scale.small(data.y) if data.task == "regression" else np.searchsorted(self.classes, data.y)
        return catboost.Pool(self.features(data.x), y)


@dataclass(frozen=True)
class _AfterIteration:
    """Called by CatBoost after each round; False ends growth."""

    watch: Watch
    loss: str

    def after_iteration(self, info: Any) -> bool:
        losses = info.metrics.get("validation", {}).get(self.loss)
        return self.watch.goes_on(info.iteration, losses[-1] if losses else None)


def _form(model: Any, pool: Any, seen: _Seen, data: Examples, scale: Scale) -> Form:
    from ninefold.forms.trees.catboost import Columns, read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json", pool=pool)
        described = json.loads(path.read_bytes())
    columns = Columns(seen.numbers.tolist(), seen.codes.tolist(), len(seen.words))
    single = data.task != "multiclass"
    places = np.ones((1, 1)) if single else np.asarray(seen.classes[:, None] == np.arange(data.outputs), float)
    native = _native(model, seen, data, scale, places)
    link = OBJECTIVES[data.task][1]
    return read(described, columns, places, link, native, factor=scale.spread, offset=scale.centre)


def _native(model: Any, seen: _Seen, data: Examples, scale: Scale, places: Array) -> Callable[[Array], Array]:
    def predict(x: Array) -> Array:
        kind = "RawFormulaVal" if data.task == "regression" else "Probability"
        out = model.predict(seen.features(x), prediction_type=kind, thread_count=1)
        if data.task == "regression":
            return scale.large(out)[:, None]
        return np.asarray(out if data.task == "binary" else out @ places)

    return predict
