"""Growing scikit-learn's forests in batches, so that the clock is seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.learners._sklearn import tame

BATCH_SECONDS = 0.2
MOST_DRAWS = 30_000_000
"""The draws of all trees are laid out at once, four bytes each."""


def empty(kind: str, data: Examples, rng: np.random.Generator, **settings: Any) -> Any:
    """A ``RandomForest`` or ``ExtraTrees`` model without trees; it keeps those it has when fitted again with a larger
    ``n_estimators``."""
    from sklearn import ensemble

    model = getattr(ensemble, kind + ("Regressor" if data.task == "regression" else "Classifier"))
    seed = int(rng.integers(2**31 - 1))
    return model(n_estimators=0, warm_start=True, random_state=seed, n_jobs=1, **settings)


def grow(model: Any, data: Examples, trees: int, clock: Clock) -> None:
    """Add trees up to that many, or until the clock runs out."""
    x, pace = tame(data.x), 1
    start = clock.spent
    while model.n_estimators < trees:
        model.n_estimators = min(trees, model.n_estimators + pace)
        model.fit(x, data.y)
        if clock.left <= 0:
            break
        pace = max(1, int(BATCH_SECONDS * model.n_estimators / (clock.spent - start)))


def out_of_bag(model: Any, data: Examples, clock: Clock) -> float | None:
    """Accuracy or R^2 of a bootstrapped forest on its own rows, each judged by the trees that did not see it.

    None when the clock runs out first, when trees x rows exceed `MOST_DRAWS`, or when no row was left out by any tree.
    Breiman 1996; scikit-learn's ``oob_score_`` but for rows that every tree has seen, which are left aside.
    """
    x, rows = tame(data.x), len(data.y)
    if clock.left <= 0 or rows * len(model.estimators_) > MOST_DRAWS:
        return None
    total: Array = np.zeros((1, 1))
    judges = np.zeros(rows)
    for tree, drawn in zip(model.estimators_, model.estimators_samples_, strict=True):
        if clock.left <= 0:
            return None
        unseen = np.bincount(drawn, minlength=rows) == 0
        total = total + _said(tree, x, unseen)
        judges += unseen
    judged = judges > 0
    return _score(model, total[judged] / judges[judged, None], data.y[judged]) if judged.any() else None


def _said(tree: Any, x: Array, unseen: Array) -> Array:
    """[N, S]: what the tree says of the rows it did not see, 0 of the others."""
    said = np.zeros((len(x), tree.tree_.value.shape[2]))
    if unseen.any():
        said[unseen] = tree.tree_.predict(x[unseen]).reshape(int(unseen.sum()), -1)
    return said


def _score(model: Any, said: Array, y: Array) -> float | None:
    if hasattr(model, "classes_"):
        return float((model.classes_[said.argmax(axis=1)] == y).mean())
    spread = float(((y - y.mean()) ** 2).sum())
    return 1.0 - float(((y - said[:, 0]) ** 2).sum()) / spread if spread else None
