"""Skewed numbers bent towards the normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

SMALL = 1e-6
"""Powers this near to 0 are logarithms: (exp(p·t) - 1) / p would lose more digits than the limit differs."""


@dataclass(frozen=True)
class Power:
    """[N, k] to the same: z-score, Yeo and Johnson's transform with the power of maximum likelihood, z-score.

    The powers are scikit-learn's (`PowerTransformer`), found on at most ``rows`` rows. They are found for z-scores, as
    powers of numbers far from 0 (years) lose all digits. Numbers beyond the training range count as its ends, as a
    power may overflow there. NaN stays NaN; columns that do not vary become 0.
    """

    rows: int = setting(10_000, "rows that the powers are found on", low=100, high=1_000_000, log=True, tiny=100)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        centre, spread, low, high = _ranges(block.values)
        standard = (block.values - centre) / spread
        powers = _powers(standard, self.rows, rng)
        bent = np.column_stack([_bent(column, power) for column, power in zip(standard.T, powers, strict=True)])
        mean, deviation, _, _ = _ranges(bent)
        return _Fitted(block.names, block.categorical, low, high, centre, 1 / spread, powers, mean, 1 / deviation)


def _ranges(values: Array) -> tuple[Array, Array, Array, Array]:
    """Mean, standard deviation (1 where nothing varies), least and greatest of each column; 0 where all is NaN."""
    empty = np.isnan(values).all(axis=0)
    known = np.where(empty, 0.0, values)
    spread = np.nanstd(known, axis=0)
    low, high = np.nanmin(known, axis=0), np.nanmax(known, axis=0)
    return np.nanmean(known, axis=0), np.where(high > low, spread, 1.0), low, high


def _powers(values: Array, rows: int, rng: np.random.Generator) -> Array:
    """One power per column; 1 (no bend) where it does not vary."""
    from sklearn.preprocessing import PowerTransformer

    sample = values if len(values) <= rows else values[rng.choice(len(values), rows, replace=False)]
    varies = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in sample.T], bool)
    powers = np.ones(values.shape[1])
    if varies.any():
        powers[varies] = PowerTransformer(standardize=False).fit(sample[:, varies]).lambdas_
    return powers


def _bent(column: Array, power: float) -> Array:
    from scipy.stats import yeojohnson

    return np.asarray(yeojohnson(column, power))


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    low: Array
    high: Array
    centre: Array
    factor: Array
    powers: Array
    mean: Array
    scale: Array

    def graph(self, block: Var) -> Var:
        within = op.min([op.max([block, const(self.low)]), const(self.high)])
        x = op.mul(op.sub(within, const(self.centre)), const(self.factor))
        above = _branch(op.max([x, const(0.0)]), self.powers)
        below = _branch(op.max([op.neg(x), const(0.0)]), 2 - self.powers)
        bent = op.where(op.less(x, const(0.0)), op.neg(below), above)
        out = op.mul(op.sub(bent, const(self.mean)), const(self.scale))
        return op.where(op.isnan(block), const(np.nan), out)


def _branch(x: Var, powers: Array) -> Var:
    """((1 + x)^p - 1) / p, which is log(1 + x) for p = 0, of x >= 0."""
    grown = op.log(op.add(x, const(1.0)))
    flat = np.abs(powers) < SMALL
    safe = np.where(flat, 1.0, powers)
    raised = op.div(op.sub(op.exp(op.mul(grown, const(safe))), const(1.0)), const(safe))
    return op.where(const(flat, np.bool_), grown, raised) if flat.any() else raised
