"""Intervals and sets that hold the truth as often as they promise (Vovk 2005; Romano, Sesia and Candès 2020).

How wrong out-of-fold predictions of the training rows were tells how far from a prediction the truth may lie: the
level's quantile of the errors, with the correction for finitely many rows. The promise is for rows like the training
rows. It is not a guarantee in the strict sense, as the graph was fitted to all training rows and the errors are those
of fits to a part of them (the worst case of CV+ promises twice as many misses, Barber et al. 2021): what the sealed
rows say of it is in the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import TableError
from ninefold_runtime.schema import Task

OF_VALUES: tuple[Task, ...] = ("regression", "count", "multioutput", "forecast")
OF_CLASSES: tuple[Task, ...] = ("binary", "multiclass", "ordinal")
LEVELS = (0.8, 0.9, 0.95)
BANDS, BAND_ROWS = 5, 200
"""Bands of predictions with an error of their own, at most, and rows that each needs."""
FAIRER, AT = 0.02, 0.9
"""APS is chosen where it covers the worst covered class better by this much at this level; LAC's sets are smaller."""
JUDGED = 20
"""Rows from which on a class's coverage is looked at in that choice."""
Array = NDArray[np.float64]
Score = Literal["lac", "aps"]


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far the truth may lie from a value, in the value's unit, by level and by band of the predicted value.

    ``edges`` part the bands, rising, one less than there are: the second band begins at the first edge.
    """

    edges: tuple[float, ...]
    far: tuple[tuple[float, ...], ...]
    """One entry per level, each with one per band."""


class Conformal(msgspec.Struct, frozen=True, kw_only=True):
    """What intervals or sets are made from. Levels that too few rows can answer for are left out."""

    levels: tuple[float, ...]
    rows: int
    """Training rows behind them."""
    reaches: tuple[Reach, ...] = ()
    """Of values: one for each that is predicted."""
    score: Score | None = None
    """Of classes, how unlikely one is: LAC, 1 minus its probability (Sadinle, Lei and Wasserman 2019); APS, the
    probability of all that are more probable, and half of its own."""
    limits: tuple[float, ...] = ()
    """Of classes, one for each level: those that score no more are in the set."""
    why: str = ""
    """Why this score."""
    lowest: float | None = None
    """No interval reaches below this."""

    def place(self, level: float) -> int:
        """The position of a level.

        Raises:
            TableError: NF-R211 when the bundle does not answer for it.
        """
        near = [place for place, known in enumerate(self.levels) if abs(known - level) < 1e-9]
        if not near:
            known = ", ".join(f"{each:g}" for each in self.levels)
            raise TableError("NF-R211", f"no interval of level {level:g} is known", hint=f"ask for one of: {known}")
        return near[0]

    def intervals(self, predictions: Array, level: float) -> tuple[Array, Array]:
        """Lower and upper ends around ``predictions``, [N] or [N, P], each of the same shape.

        Raises:
            TableError: NF-R211 when the bundle does not answer for the level.
        """
        wide = predictions.reshape(len(predictions), -1)
        place = self.place(level)
        far = [_band_values(reach, place, wide[:, part]) for part, reach in enumerate(self.reaches)]
        half = np.stack(far, axis=1).reshape(predictions.shape)
        low = predictions - half
        return (low if self.lowest is None else np.maximum(low, self.lowest)), predictions + half

    def sets(self, probabilities: Array, level: float) -> NDArray[np.bool_]:
        """Which classes are in each row's set, bool [N, K]; the most probable one always is.

        Raises:
            TableError: NF-R211 when the bundle does not answer for the level.
        """
        assert self.score is not None
        held = _scores(self.score, probabilities) <= self.limits[self.place(level)]
        return np.asarray(held | (probabilities >= probabilities.max(axis=1, keepdims=True)))


def conformal(task: Task, predictions: Array, y: NDArray[np.generic]) -> Conformal | None:
    """From out-of-fold ``predictions`` [N, K] of training rows (rows with NaN are passed over) and their truth ``y``,
    class codes or values, [N] or [N, P].

    None where the task has no such promise (quantiles make one themselves; several labels; nothing to predict), or
    where too few rows were predicted.
    """
    seen = np.isfinite(predictions).all(axis=1)
    rows = int(seen.sum())
    levels = tuple(level for level in LEVELS if _rank(rows, level) <= rows)
    if not levels or task not in (*OF_VALUES, *OF_CLASSES):
        return None
    if task in OF_CLASSES:
        return _of_classes(predictions[seen], y[seen].astype(np.int64), levels)
    truth = y[seen].reshape(rows, -1).astype(np.float64)
    reaches = tuple(_reach(predictions[seen, part], truth[:, part], levels) for part in range(truth.shape[1]))
    return Conformal(levels=levels, rows=rows, reaches=reaches, lowest=0.0 if task == "count" else None)


def _rank(rows: int, level: float) -> int:
    """Which of the errors in rising order, counted from 1, so many rows need for the level."""
    return int(np.ceil((rows + 1) * level - 1e-9))


def _limit(errors: Array, level: float) -> float:
    place = _rank(len(errors), level) - 1
    return float(np.partition(errors, place)[place])


def _reach(predicted: Array, truth: Array, levels: Sequence[float]) -> Reach:
    """Errors may grow with the value, so that each band of predictions has its own."""
    bands = min(BANDS, max(len(truth) // BAND_ROWS, 1))
    edges = np.unique(np.quantile(predicted, np.arange(1, bands) / bands))
    band = np.searchsorted(edges, predicted, side="right")
    if np.bincount(band, minlength=len(edges) + 1).min() < BAND_ROWS // 2:
        edges, band = edges[:0], np.zeros(len(predicted), np.int64)
    errors = np.abs(truth - predicted)
    parts = [errors[band == number] for number in range(len(edges) + 1)]
    return Reach(
        edges=tuple(edges.tolist()), far=tuple(tuple(_limit(part, level) for part in parts) for level in levels)
    )


def _band_values(reach: Reach, place: int, predicted: Array) -> Array:
    return np.array(reach.far[place])[np.searchsorted(np.array(reach.edges), predicted, side="right")]


def _of_classes(predictions: Array, y: NDArray[np.int64], levels: tuple[float, ...]) -> Conformal:
    if predictions.shape[1] == 2:
        return msgspec.structs.replace(
            _by("lac", predictions, y, levels), why="of two classes both scores say the same"
        )
    made = {score: _by(score, predictions, y, levels) for score in ("lac", "aps")}
    at = AT if AT in levels else levels[-1]
    worst = {name: _worst(made[name], predictions, y, at) for name in made}
    fairer = worst["aps"] - worst["lac"] >= FAIRER
    why = f"worst covered class at {at:.0%}, out of fold: LAC {worst['lac']:.1%}, APS {worst['aps']:.1%}"
    return msgspec.structs.replace(made["aps" if fairer else "lac"], why=why)


def _by(score: Score, predictions: Array, y: NDArray[np.int64], levels: tuple[float, ...]) -> Conformal:
    errors = _scores(score, predictions)[np.arange(len(y)), y]
    return Conformal(levels=levels, rows=len(y), score=score, limits=tuple(_limit(errors, level) for level in levels))


def _worst(made: Conformal, predictions: Array, y: NDArray[np.int64], level: float) -> float:
    """The share of rows whose set holds the truth, of the class with the smallest; of all rows, if classes are rare."""
    held = made.sets(predictions, level)[np.arange(len(y)), y]
    rows = np.bincount(y)
    judged = rows >= JUDGED
    return float((np.bincount(y, held)[judged] / rows[judged]).min()) if judged.any() else float(held.mean())


def _scores(score: Score, probabilities: Array) -> Array:
    """How unlikely each class is, [N, K].

    APS as published counts a random part of a class's own probability; half of it is the mean, and never random. All
    of it would tie the last classes at 1, and sets of few classes would hold them all.
    """
    if score == "lac":
        return np.asarray(1.0 - probabilities)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    total = np.cumsum(ranked, axis=1) - ranked / 2
    scores = np.empty_like(probabilities)
    np.put_along_axis(scores, order, total, axis=1)
    return scores
