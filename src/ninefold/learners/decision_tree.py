"""One decision tree, pruned to the size that cross-validation supports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.learners import _pruning
from ninefold.learners._sklearn import forest, tame
from ninefold.learners._trivial import constant, is_trivial

FOLDS = 5


@dataclass(frozen=True)
class DecisionTree:
    """Grows a tree and cuts back what does not pay: cost-complexity pruning with the one-standard-error rule.

    The price per leaf, alpha, is the highest whose cross-validated error is within one standard error of the lowest.
    Each fold grows one tree; all prices are read off it by dynamic programming over its nodes.
    """

    min_rows: int = setting(1, "Rows a leaf must hold", low=1, high=200, log=True, simpler="high")
    repeats: int = setting(3, "Rounds of five-fold cross-validation for the price", low=1, high=10, tiny=1)

    card: ClassVar[Card] = Card(
        title="Decision tree",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Questions about one column at a time, as many as pay for themselves.",
        inductive_bias="Axis-parallel boxes, few of them, found one cut at a time.",
        cost="Rows x log rows x columns, some six to sixteen times.",
        source="Breiman, Friedman, Olshen and Stone 1984; scikit-learn",
        questions=(10, 17),
        seconds=2.0,
        promise=0.1,
        family="tree",
        beats_baseline_on=(
            "halfspace",
            "xor",
            "rings",
            "blobs",
            "linear",
            "steps",
            "smooth",
            "missing",
            "noise_columns",
        ),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({"min_rows": 5, "repeats": 1}, {"min_rows": 20, "repeats": 1})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        x, model = tame(data.x), self._model(data, int(rng.integers(2**31 - 1)))
        prices = _pruning.prices(model.cost_complexity_pruning_path(x, data.y).ccp_alphas)
        errors = []
        for fold in _folds(data.y, self.repeats, rng):
            if clock.left <= 0:
                break
            tree = model.fit(x[~fold], data.y[~fold])
            errors.append(_errors(tree, x[fold], data.y[fold], prices))
        price = prices[_pruning.one_standard_error(np.array(errors))] if errors else prices[-1]
        model = model.set_params(ccp_alpha=price).fit(x, data.y)
        return forest(model, [model], data, None)

    def _model(self, data: Examples, seed: int) -> Any:
        from sklearn import tree

        kind = tree.DecisionTreeRegressor if data.task == "regression" else tree.DecisionTreeClassifier
        return kind(min_samples_leaf=self.min_rows, random_state=seed)


def _folds(y: Array, repeats: int, rng: np.random.Generator) -> Iterator[Array]:
    """Masks of the rows to test on; neighbours in the order of the target are dealt to different folds."""
    for _ in range(repeats):
        order = np.lexsort([rng.random(len(y)), y])
        place = np.empty(len(y), int)
        place[order] = np.arange(len(y)) % FOLDS
        yield from (place == fold for fold in range(min(FOLDS, len(y))))


def _errors(tree: Any, x: Array, y: Array, prices: Array) -> Array:
    """[P]: the share of wrong classes, or the mean squared error, at each price."""
    said = _pruning.predictions(tree.tree_, x, prices)
    if hasattr(tree, "classes_"):
        return np.array([(tree.classes_[chances.argmax(axis=1)] != y).mean() for chances in said])
    return np.array([((values[:, 0] - y) ** 2).mean() for values in said])
