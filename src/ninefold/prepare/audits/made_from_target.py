"""NF307: columns that were made from the target, by averaging it over groups of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.core.table import Array
from ninefold.prepare.seen import Seen

LEVELS, DIFFERENT = 20, 0.6
"""Values that must repeat at least, and the share of different values up to which a column is looked at."""
RELATED = 0.2
SPREAD, CHANCE = 0.6, 1e-5


@dataclass(frozen=True)
class MadeFromTarget:
    about: ClassVar[About] = About(
        "NF307",
        "Left out: made from the target",
        means="The column is the mean of the target over groups of rows, the row's own target included (target "
        "encoding done before the split). It looks far better in validation than it will be on new rows.",
        how=f"Of numbers that repeat ({LEVELS} values or more): the target's means by value follow a straight line "
        f"in the value (correlation {RELATED} or more) more closely than chance lets them. Their spread about the "
        "line, divided by the one that the target's spread within values gives rise to, is about 1 for honest "
        f"columns and near 0 for means of the same rows; said below {SPREAD} and where an F as small has a chance "
        f"below {CHANCE:g}.",
        action="Leave it out, which has been done: the views encode categories inside folds. Keep the category itself.",
        mistaken="Designs that balance the target on purpose within values of a number. Means over a few large groups "
        "cannot be told, and hardly leak; leave-one-out means are not seen.",
        level="serious",
        questions=(7, 14),
    )

    def find(self, seen: Seen) -> Iterator[Audit]:
        for name, values in seen.columns.items():
            if values.dtype.kind == "f" and any(_too_close(values, y) for y in _parts(seen)):
                yield Audit(name, self.about.code, "its values are means of the target over groups of rows")


def _parts(seen: Seen) -> list[Array]:
    """Targets as numbers; of classes, whether a row is of each."""
    if seen.task == "regression":
        return list(seen.targets)
    first = 1 if seen.outputs == 2 else 0
    return [(y == code).astype(np.float64) for y in seen.targets for code in range(first, seen.outputs)]


def _too_close(values: Array, y: Array) -> bool:
    known = np.isfinite(values)
    levels, codes, rows = np.unique(values[known], return_inverse=True, return_counts=True)
    repeated = rows > 1
    if repeated.sum() < LEVELS or len(levels) > DIFFERENT * known.sum():
        return False
    means = np.bincount(codes, y[known]) / rows
    squares = np.bincount(codes, (y[known] - means[codes]) ** 2)
    levels, rows, means, squares = levels[repeated], rows[repeated], means[repeated], squares[repeated]
    line = np.polynomial.Polynomial.fit(levels, means, 1, w=np.sqrt(rows))
    if abs(np.corrcoef(levels, means)[0, 1]) < RELATED:
        return False
    return _below_chance(float((rows * (means - line(levels)) ** 2).sum()), squares, rows)


def _below_chance(between: float, squares: Array, rows: Array) -> bool:
    """Whether the spread between levels is smaller than the one within them allows."""
    from scipy.stats import f

    expected = float((squares / (rows - 1)).sum())
    ratio = between / expected if expected > 0 else np.inf
    freedom = len(rows) - 2
    return bool(ratio < SPREAD and f.cdf(ratio * len(rows) / freedom, freedom, (rows - 1).sum()) < CHANCE)
