"""Extremely randomised trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._forests import empty, grow
from ninefold.learners._sklearn import forest
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class ExtraTrees:
    """Averages deep trees grown on all rows, whose splits are the best of one random threshold per column tried."""

    trees: int = setting(200, "Trees grown", low=10, high=1000, log=True, tiny=10, grows=True)
    columns: str | float = setting("sqrt", "Columns tried at each split", choices=("sqrt", 0.33, 0.66, 1.0))
    min_rows: int = setting(3, "Rows a leaf must hold", low=1, high=100, log=True, simpler="high")

    card: ClassVar[Card] = Card(
        title="Extra trees",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="A forest whose thresholds are drawn at random: its trees differ more and are grown faster.",
        inductive_bias="As a random forest, smoother between the rows; many columns without a say do harm.",
        cost="Trees x rows x log rows x columns tried, a third of a random forest's; large to store.",
        source="Geurts, Ernst and Wehenkel 2006; scikit-learn",
        questions=(18, 21, 22),
        seconds=3.0,
        promise=0.5,
        family="forest",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "missing"),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"trees": 100, "columns": 0.66},
        {"min_rows": 1, "trees": 200},
        {"min_rows": 5, "columns": 0.33},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        model = empty("ExtraTrees", data, rng, max_features=self.columns, min_samples_leaf=self.min_rows)
        grow(model, data, self.trees, clock)
        return forest(model, model.estimators_, data, model.n_estimators, doubt=1.0)
