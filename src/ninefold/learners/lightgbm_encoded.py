"""Gradient-boosted trees on categories replaced by cross-fitted target means and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.parts import Value
from ninefold.core.protocols import Card
from ninefold.learners._boosting import BEATEN_ON
from ninefold.learners._lightgbm import Boosting


@dataclass(frozen=True)
class LightGBMEncoded(Boosting):
    """LightGBM on the encoded view: a category is the mean target of its training rows, made out of fold, and their
    number."""

    card: ClassVar[Card] = Card(
        title="LightGBM, encoded",
        solves=("binary", "multiclass", "regression"),
        view="encoded",
        idea="Boosted trees to which a category comes as two numbers: the mean target of its other rows, and how many.",
        inductive_bias="As LightGBM; categories with a similar target are alike.",
        cost="Rows x columns x rounds.",
        source="Micci-Barreca 2001 (encoding); Ke and others 2017, LightGBM",
        questions=(14, 21, 22),
        seconds=0.5,
        promise=0.7,
        family="boosting",
        beats_baseline_on=BEATEN_ON,
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"leaves": 16, "learning_rate": 0.05, "trees": 1000, "bagging": 1.0},
        {"leaves": 7},
        {"extra_trees": True, "leaves": 39, "feature_fraction": 0.55, "l1": 0.9, "l2": 1.9, "learning_rate": 0.05},
        {"leaves": 64, "learning_rate": 0.03, "trees": 3000, "min_rows": 20, "bagging": 1.0},
    )
