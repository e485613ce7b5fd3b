"""Random forests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._forests import empty, grow, out_of_bag
from ninefold.learners._sklearn import forest
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class RandomForest:
    """Averages deep trees, each grown on its own draw of rows and, at every split, of columns.

    The rows a tree did not draw judge it: the form's ``out_of_bag`` score costs no rows.
    """

    trees: int = setting(200, "Trees grown", low=10, high=1000, log=True, tiny=10, grows=True)
    columns: str | float = setting("sqrt", "Columns tried at each split", choices=("sqrt", 0.33, 0.66, 1.0))
    min_rows: int = setting(3, "Rows a leaf must hold", low=1, high=100, log=True, simpler="high")

    card: ClassVar[Card] = Card(
        title="Random forest",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Many trees that err differently; their mean errs less.",
        inductive_bias="Step functions of any columns, smoothed by averaging; no extrapolation.",
        cost="Trees x rows x log rows x columns tried; large to store.",
        source="Breiman 2001; scikit-learn",
        questions=(18, 21, 22),
        seconds=8.0,
        promise=0.6,
        family="forest",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "missing"),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"trees": 100, "min_rows": 5},
        {"columns": 0.33},
        {"min_rows": 1, "trees": 300},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        model = empty("RandomForest", data, rng, max_features=self.columns, min_samples_leaf=self.min_rows)
        grow(model, data, self.trees, clock)
        grown = forest(model, model.estimators_, data, model.n_estimators, doubt=1.0)
        return replace(grown, out_of_bag=out_of_bag(model, data, clock))
