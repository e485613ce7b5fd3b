"""How far apart groups are, for decisions without intervals: out of fold, where many ways to decide are compared."""

from __future__ import annotations

import numpy as np

from ninefold.core.fairness import CRITERIA, FEWEST
from ninefold.core.table import Array


def of_decisions(y: Array, labels: Array, codes: Array) -> dict[str, float]:
    """By criterion, the largest difference between groups; ``y`` and ``labels`` [N] are 0 or 1, ``codes`` [N] the
    groups. Rates of fewer than 30 rows have no say; 0 where fewer than two groups are left."""
    masks = {
        "selection": np.ones(len(y), bool),
        "true positives": y == 1,
        "false positives": y == 0,
    }
    apart = {measure: _apart(labels[rows], codes[rows]) for measure, rows in masks.items()}
    return {criterion: max(apart[measure] for measure in measures) for criterion, measures in CRITERIA.items()}


def _apart(chosen: Array, codes: Array) -> float:
    rows = np.bincount(codes)
    rates = np.bincount(codes, chosen)[rows >= FEWEST] / rows[rows >= FEWEST]
    return float(rates.max() - rates.min()) if len(rates) > 1 else 0.0
