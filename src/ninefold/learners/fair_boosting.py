"""Gradient-boosted trees under a criterion of fairness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.learners._boosting import Scale, Watch
from ninefold.learners._lightgbm import AfterRound, Boosting, native, table_of
from ninefold.learners._reduction import reduced
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class FairBoosting(Boosting):
    """A few LightGBM models, each grown on rows weighed so that groups come closer, and their mean.

    Without a sensitive column it is one of them.
    """

    trees: int = setting(60, "Rounds of boosting in each model", low=10, high=500, log=True, tiny=20)
    learning_rate: float = setting(0.1, "Weight of each new tree", low=0.02, high=0.3, log=True, tiny=0.1)
    leaves: int = setting(15, "Leaves per tree", low=3, high=63, log=True, tiny=5, simpler="low")
    iterations: int = setting(8, "Steps of the game between learner and criterion", low=3, high=50, log=True, tiny=3)

    card: ClassVar[Card] = Card(
        title="Fair boosting",
        solves=("binary",),
        view="plain",
        idea="Boosting again and again, each time paid more for rows of groups that fare worse; a mean of the models.",
        inductive_bias="That of boosting, held to answers that are alike in all groups.",
        cost="Up to nine models for each step of the game.",
        source="Agarwal and others 2018; Fairlearn, LightGBM",
        questions=(21, 50),
        seconds=5.0,
        promise=0.6,
        family="boosting",
        beats_baseline_on=("halfspace", "xor", "rings", "categorical", "missing", "imbalanced", "noise_columns"),
        fails_on=("parity", "noise"),
        library="fairlearn",
        extra="fairness",
        mitigates=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"leaves": 7, "trees": 120})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        seed = int(rng.integers(2**31 - 1))
        return reduced(
            data, lambda y, weights: self._grown(replace(data, y=y), weights, seed, clock), self.iterations, clock
        )

    def _grown(self, data: Examples, weights: Array, seed: int, clock: Clock) -> Form:
        import lightgbm

        from ninefold.forms.trees.lightgbm import read

        scale, settings = Scale.of(data), self._settings(data, seed)
        table = table_of(data, scale, settings)
        table.set_weight(weights)
        after_round = AfterRound(Watch(clock, self.patience), lightgbm.callback.EarlyStopException)
        booster = lightgbm.train(settings, table, self.trees, callbacks=[after_round])
        rounds = booster.current_iteration()
        grown = native(booster, rounds, "sigmoid", scale)
        return read(booster.model_to_string(), data.x.shape[1], "sigmoid", grown)
