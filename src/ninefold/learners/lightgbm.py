"""Gradient-boosted trees that split on categories as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.parts import Value
from ninefold.core.protocols import Card
from ninefold.learners._boosting import BEATEN_ON
from ninefold.learners._lightgbm import PORTFOLIO, Boosting


@dataclass(frozen=True)
class LightGBM(Boosting):
    """LightGBM on the plain view: missing values and sets of categories are split on natively."""

    card: ClassVar[Card] = Card(
        title="LightGBM",
        solves=("binary", "multiclass", "regression", "count", "quantile"),
        view="plain",
        idea="Hundreds of small trees, each correcting what the ones before it got wrong.",
        inductive_bias="Step functions of few columns at a time, added up; few strong interactions; no extrapolation.",
        cost="Rows x columns x rounds.",
        source="Friedman 2001; Ke and others 2017, LightGBM",
        questions=(12, 21, 22),
        seconds=0.4,
        promise=1.0,
        family="boosting",
        beats_baseline_on=BEATEN_ON,
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = PORTFOLIO
