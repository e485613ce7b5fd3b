"""Random forests, and extremely randomised ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._sklearn import forest, tame
from ninefold.learners._trivial import constant, is_trivial

BATCH_SECONDS = 0.2


@dataclass(frozen=True)
class RandomForest:
    """Averages deep trees, each grown on its own draw of rows and, at every split, of columns."""

    trees: int = setting(200, "Trees grown", low=10, high=1000, log=True, tiny=10, grows=True)
    columns: str | float = setting("sqrt", "Columns tried at each split", choices=("sqrt", 0.33, 0.66, 1.0))
    min_rows: int = setting(3, "Rows a leaf must hold", low=1, high=100, log=True, simpler="high")
    extra: bool = setting(False, "Draw thresholds at random and grow on all rows", choices=(False, True))

    card: ClassVar[Card] = Card(
        title="Random forest",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Many trees that err differently; their mean errs less.",
        inductive_bias="Step functions of any columns, smoothed by averaging; no extrapolation.",
        cost="Trees x rows x log rows x columns tried; large to store.",
        source="Breiman 2001; Geurts, Ernst and Wehenkel 2006 (extra); scikit-learn",
        questions=(18, 21, 22),
        seconds=8.0,
        family="forest",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "missing"),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"trees": 100, "min_rows": 5},
        {"extra": True, "columns": 0.66},
        {"columns": 0.33},
        {"min_rows": 1, "trees": 300},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        model = self._model(data, int(rng.integers(2**31 - 1)))
        x, pace = tame(data.x), 1
        start = clock.spent
        while model.n_estimators < self.trees:
            model.n_estimators = min(self.trees, model.n_estimators + pace)
            model.fit(x, data.y)
            if clock.left <= 0:
                break
            pace = max(1, int(BATCH_SECONDS * model.n_estimators / (clock.spent - start)))
        return forest(model, model.estimators_, data, model.n_estimators)

    def _model(self, data: Examples, seed: int) -> Any:
        """An empty forest that keeps its trees when fitted again with a larger ``n_estimators``."""
        from sklearn import ensemble

        kind = ("ExtraTrees" if self.extra else "RandomForest") + (
            "Regressor" if data.task == "regression" else "Classifier"
        )
        return getattr(ensemble, kind)(
            n_estimators=0,
            max_features=self.columns,
            min_samples_leaf=self.min_rows,
            warm_start=True,
            random_state=seed,
            n_jobs=1,
        )
