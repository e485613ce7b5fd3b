"""Whether columns pay: out-of-fold losses of a small model with and without them, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ninefold.core.protocols import Block, Known
from ninefold.core.table import Array
from ninefold.features._targets import targets

FOLDS = 3
ROUNDS, LEAVES, RATE = 40, 15, 0.15
"""Of the small boosted trees."""
RIDGE = 1e-3
"""Penalty per row of the small linear model, on standardised columns."""
FAR = 5.0
"""Standard deviations that the small linear model cuts columns off at."""
TINY = 1e-9
JudgeKind = Literal["trees", "linear"]


@dataclass(frozen=True, eq=False)
class Judge:
    """Small boosted trees, or a small ridge regression (of class indicators), on ``FOLDS`` inner folds of its rows."""

    kind: JudgeKind
    known: Known
    fold: Array
    seed: int
    aims: Array = field(repr=False)
    """[N, C]: standardised values, the positive class as 0/1, or one 0/1 column per class."""

    @classmethod
    def of(cls, kind: str, known: Known, rng: np.random.Generator) -> Judge:
        aims = targets(known)
        if known.task == "regression":
            aims = (aims - aims.mean()) / (aims.std() or 1.0)
        return cls(
            "linear" if kind == "linear" else "trees",
            known,
            rng.permutation(len(aims)) % FOLDS,
            int(rng.integers(2**31 - 1)),
            aims,
        )

    def predicted(self, block: Block) -> Array:
        """[N, C] out of fold."""
        out = np.empty_like(self.aims)
        for k in range(FOLDS):
            outside = self.fold == k
            out[outside] = self._trees(block, outside) if self.kind == "trees" else self._ridge(block, outside)
        return out

    def losses(self, predicted: Array, rows: Array | None = None) -> Array:
        """[n] log-losses of classes by trees, else squared errors, of predictions of all ``rows`` or of these."""
        rows = np.arange(len(self.aims)) if rows is None else rows
        if self.kind == "linear" or self.known.task == "regression":
            return np.asarray(((self.aims[rows] - predicted) ** 2).mean(axis=1))
        both = predicted if self.known.task == "multiclass" else np.column_stack([1 - predicted, predicted])
        return np.asarray(-np.log(np.maximum(both[np.arange(len(both)), self.known.y[rows]], TINY)))

    def _trees(self, block: Block, outside: Array) -> Array:
        """[n, C] predictions of the rows outside by trees grown on the others."""
        return grown_predictions(self.grown(block, ~outside), block.values[outside])

    def grown(self, block: Block, inside: Array) -> Any:
        """The small boosted trees (a LightGBM booster) grown on the rows ``inside``."""
        import lightgbm

        y = self.known.y if self.known.task != "regression" else self.aims[:, 0]
        settings, codes = self._settings(), list(block.categorical)
        table = lightgbm.Dataset(block.values[inside], y[inside], categorical_feature=codes, params=settings)
        return lightgbm.train(settings, table, ROUNDS)

    def _settings(self) -> dict[str, Any]:
        many = {"num_class": self.known.outputs} if self.known.task == "multiclass" else {}
        return many | {
            "objective": self.known.task,
            "learning_rate": RATE,
            "num_leaves": LEAVES,
            "max_bin": 63,
            "seed": self.seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }

    def _ridge(self, block: Block, outside: Array) -> Array:
        """[n, C] predictions of the rows outside by ridge regression on the others."""
        x, aims = standardised(block.values, ~outside), self.aims[~outside]
        inside, mean = x[~outside], aims.mean(axis=0)
        gram = inside.T @ inside + RIDGE * len(inside) * np.eye(x.shape[1])
        return np.asarray(x[outside] @ np.linalg.solve(gram, inside.T @ (aims - mean)) + mean)


def grown_predictions(booster: Any, values: Array) -> Array:
    """[N, C] by a LightGBM booster."""
    made = np.asarray(booster.predict(values, num_threads=1))
    return made.reshape(len(made), -1)


def standardised(values: Array, inside: Array) -> Array:
    """[N, k] z-scores by the rows ``inside``, cut off, gaps as 0; columns that do not vary are 0."""
    known = np.where(np.isfinite(values), values, np.nan)
    empty = np.isnan(known[inside]).all(axis=0)
    known[:, empty] = 0.0
    centre, spread = np.nanmean(known[inside], axis=0), np.nanstd(known[inside], axis=0)
    scaled = (known - centre) / np.where(spread > TINY * np.abs(centre), spread, np.inf)
    return np.asarray(np.nan_to_num(np.clip(scaled, -FAR, FAR)))


def surely(gain: Array) -> float:
    """How many standard errors the mean of paired differences [N] lies above 0."""
    error = gain.std() / np.sqrt(len(gain))
    return float(gain.mean() / error) if error > 0 else 0.0
