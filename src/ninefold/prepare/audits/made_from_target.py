"""NF307: columns that were made from the target, by averaging it over groups of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.recipe import Audit
from ninefold.core.table import Array
from ninefold.prepare.seen import MOST, Seen

FEWEST, LEVELS, DIFFERENT = 6, 20, 0.6
"""Values that must repeat at least (where they are the means themselves, or follow a line), and the share of different
values up to which a column is looked at."""
RELATED, SAME = 0.2, 0.5
SPREAD, LIKELY, CHANCE = 0.6, 0.02, 1e-5


@dataclass(frozen=True)
class MadeFromTarget:
    about: ClassVar[About] = About(
        "NF307",
        "Left out: made from the target",
        means="The column is the mean of the target over groups of rows, the row's own target included (target "
        "encoding done before the split). It looks far better in validation than it will be on new rows.",
        how=f"Of numbers that repeat: the target's means by value are the value itself ({FEWEST} values or more), or "
        f"follow a straight line in it ({LEVELS} or more, correlation {RELATED} or more), and do so more closely "
        "than chance lets them. Their spread about the line, divided by the one that the target's spread within "
        "values gives rise to, is about 1 for honest columns and near 0 for means of the same rows; said below "
        f"{SPREAD} and where an F as small has a chance below {LIKELY} (of a line: {CHANCE:g}).",
        action="Leave it out, which has been done: the views encode categories inside folds. Keep the category itself.",
        mistaken="Designs that balance the target on purpose within values of a number. Means over a few large "
        "groups cannot be told, and hardly leak; leave-one-out means are not seen, nor small groups in tables of "
        f"more than {MOST:,} rows, as only a part of these is looked at.",
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
    if not FEWEST <= len(levels) <= DIFFERENT * known.sum():
        return False
    means = np.bincount(codes, y[known]) / rows
    squares = np.bincount(codes, (y[known] - means[codes]) ** 2)
    levels, rows, means, squares = (each[rows > 1] for each in (levels, rows, means, squares))  # type: ignore[assignment]
    if len(levels) < FEWEST or not np.ptp(means) or abs(np.corrcoef(levels, means)[0, 1]) < RELATED:
        return False
    if float((rows * np.abs(means - levels)).sum()) < SAME * float((rows * np.abs(means - means.mean())).sum()):
        unsettled = (squares > 0) | (means != levels)
        away = rows * (means - levels) ** 2
        return _chance(away[unsettled], squares[unsettled], rows[unsettled], 0) < LIKELY
    line = np.polynomial.Polynomial.fit(levels, means, 1, w=np.sqrt(rows))
    return len(rows) >= LEVELS and _chance(rows * (means - line(levels)) ** 2, squares, rows, 2) < CHANCE


def _chance(between: Array, squares: Array, rows: Array, fitted: int) -> float:
    """The chance of so small a spread between levels, given the one within them; 1 where it is not small."""
    from scipy.stats import f

    freedom, within = len(rows) - fitted, float((squares / (rows - 1)).sum())
    if freedom < FEWEST or within <= 0:
        return 1.0
    ratio = float(between.sum() / freedom) / (within / len(rows))
    return float(f.cdf(ratio, freedom, (rows - 1).sum())) if ratio < SPREAD else 1.0
