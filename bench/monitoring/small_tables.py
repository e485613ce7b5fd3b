"""Small real tables: is what a model says of new rows like the old called drifted?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict

import results
from ninefold_runtime import drift
from ninefold_runtime.sketch import sketch_numbers

RATE, NEW = 0.01, 0.4
Numbers = NDArray[np.float64]


def small_tables(splits: int, rng: np.random.Generator) -> tuple[str, bool]:
    """Of each table 40 % are the new batch, a fifth of the others is held out, the rest is for training. The graph is a
    fit on all training rows; the reference is what it says of held-out rows, and for comparison what fits of five folds
    say of rows of the others."""
    lines, kept = [], True
    for name, x, y, new in _tables(rng):
        alarms = np.array([_alarms(x, y, new, split % 2, rng) for split in range(splits)]).sum(axis=0)
        kept &= alarms[0] <= RATE * splits + 3 * (RATE * splits) ** 0.5
        lines.append([name, f"{len(x)}", f"{splits}", *(f"{count / splits:.1%}" for count in alarms)])
    heads = ["table", "rows", "splits", "called drifted: held-out rows", "called drifted: rows of other folds"]
    verdict = "kept" if kept else "MISSED"
    return (
        f"{results.table(heads, lines)}\n\nAt most {RATE:.0%} of batches is promised for held-out rows: {verdict}.",
        kept,
    )


def _tables(rng: np.random.Generator) -> Iterator[tuple[str, Numbers, Numbers, float]]:
    """Real tables; and 100 rows of 60 columns, most of them noise, met by 1,900 new ones."""
    for name, load in (
        ("breast cancer", load_breast_cancer),
        ("diabetes", load_diabetes),
        ("iris", load_iris),
        ("wine", load_wine),
    ):
        x, y = load(return_X_y=True)
        yield name, x, y.astype(np.float64), NEW
    noise = rng.normal(size=(2000, 60))
    yield "made: 60 columns", noise, noise[:, 0] + rng.normal(size=2000), 0.95


def _alarms(x: Numbers, y: Numbers, share: float, which: int, rng: np.random.Generator) -> tuple[bool, bool]:
    """One split; a forest that fits its rows nearly exactly, or a linear model."""
    seed = int(rng.integers(1 << 31))
    learner = (RandomForestRegressor(20, random_state=seed), LinearRegression())[which]
    order = rng.permutation(len(x))
    first, second = int(share * len(x)), int((share + 0.2 * (1 - share)) * len(x))
    new, sealed, train = np.split(order, [first, second])
    fitted = clone(learner).fit(x[train], y[train])
    said = fitted.predict(x[new])
    folds = cross_val_predict(clone(learner), x[train], y[train], cv=5)
    return _drifted(fitted.predict(x[sealed]), said), _drifted(folds, said)


def _drifted(before: Numbers, now: Numbers) -> bool:
    compared = drift.compare("said", sketch_numbers(before, 0), now, 0)
    return drift.corrected([compared], RATE)[0].drifted
