"""Slices: how well the graph does on parts of the sealed rows that a person would name.

The parts of a category are its most frequent levels, of a number its quartile ranges (or its values, where it has
few), of a boolean its two values; of any column the rows that lack it.

Some parts score low because they are hard, and the model says so: among rows of the same dose, ROC AUC and R² of a
model that lives on the dose must be low. Such parts are shown and not complained of. A part is called weak when it
scores worse than the remaining rows by a margin that matters, and its rows surprise the model more than theirs do:
classes come out otherwise than the probabilities allow, or values miss by more. With many parts some look bad by
luck, so the surprise must be beyond chance after Holm's (1979) correction over all parts looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.loss import SMALLEST, loss_per_row
from ninefold.core.protocols import Metric
from ninefold.core.results import Score, Slice
from ninefold.core.table import Array
from ninefold.core.words import cell
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, mean_and_error, resampled
from ninefold_runtime.aspects import aspect_arrays, aspects
from ninefold_runtime.schema import Column, Task
from ninefold_runtime.wire import absent

FEWEST_ROWS = 30
LEVELS = 8
FEW_VALUES = 5
RESAMPLES = 100
RISK = 0.05
MARGIN = 0.1
"""Of the skill, headline minus baseline: a part that loses less of it is not called weak."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """A slice, how much worse than the remaining rows it scores, and the p-value, for this one alone, of "its rows
    surprise the model no more than theirs"."""

    slice: Slice
    worse: float
    p: float


def parts_of(column: Column, train: Array, sealed: Array) -> Iterator[tuple[str, Mask]]:
    """Names and masks of a column's parts; what they are is decided on the training values."""
    missing = absent(sealed)
    yield "missing", np.asarray(missing)
    if column.kind == "category":
        yield from ((level, sealed == level) for level in column.levels[:LEVELS] if level)
    elif column.shape:
        yield from _by_aspect(column, train, sealed, missing)
    elif column.kind in ("number", "boolean", "datetime"):
        yield from ((name, mask & ~missing) for name, mask in _ranges(column, train[~absent(train)], sealed))


def _by_aspect(column: Column, train: Array, sealed: Array, missing: Mask) -> Iterator[tuple[str, Mask]]:
    """Images by how bright they are, and so on."""
    known, values = aspect_arrays(column, train), aspect_arrays(column, sealed)
    for aspect in aspects(column):
        ranges = _ranges(aspect, known[aspect.name][~absent(train)], values[aspect.name])
        yield from (
            (f"{aspect.name.removeprefix(column.name).strip()} {name}", mask & ~missing) for name, mask in ranges
        )


def _ranges(column: Column, known: Array, sealed: Array) -> Iterator[tuple[str, Mask]]:
    values = np.unique(known)
    if len(values) <= FEW_VALUES:
        yield from ((word_of(column, value), sealed == value) for value in values)
        return
    edges = np.unique(np.quantile(known, (0.25, 0.5, 0.75), method="lower"))
    words = [word_of(column, edge) for edge in edges]
    names = [f"≤ {words[0]}", *(f"> {a} to {b}" for a, b in pairwise(words)), f"> {words[-1]}"]
    place = np.searchsorted(edges, sealed, side="left")
    yield from ((name, place == code) for code, name in enumerate(names))


def word_of(column: Column, value: Any) -> str:
    """A value in wire form as a person would write it; empty where it is missing, or is an image or a series."""
    if column.shape:
        return ""
    if isinstance(value, str) or absent(np.array([value]))[0]:
        return value if isinstance(value, str) else ""
    if column.kind == "boolean":
        return "yes" if value else "no"
    return _moment(int(value)) if column.kind == "datetime" else cell(float(value))


def _moment(stamp: int) -> str:
    """A day, with the time where it does not begin then."""
    return str(np.datetime64(stamp, "us").astype("M8[m]")).removesuffix("T00:00").replace("T", " ")


@dataclass(frozen=True)
class Jury:
    """All sealed answers, the headline metric, and how rows are drawn."""

    answers: Answers
    metric: Metric
    how: Resampling
    rng: np.random.Generator
    task: Task
    levels: tuple[float, ...] = ()

    @cached_property
    def surprise(self) -> NDArray[np.float64]:
        """Of each row, [N]: log-loss beyond what its own probabilities expect (0 on average where they are right),
        or the loss of its values."""
        losses = loss_per_row(self.task, self.answers.y, self.answers.predictions, self.levels)
        if self.answers.labels is None:
            return losses
        if self.answers.y.ndim == 1:
            return np.asarray(losses - _entropy(self.answers.predictions))
        return np.asarray(
            losses - np.mean([_entropy(np.column_stack([p, 1 - p])) for p in self.answers.predictions.T], 0)
        )

    def judged(self, candidates: Iterable[tuple[str, str, Mask]], clock: Clock) -> tuple[Judged, ...]:
        """The parts (column, name, mask) that are large enough and where the metric is defined, worst first."""
        large = [part for part in candidates if FEWEST_ROWS <= part[2].sum() <= len(self.answers) - FEWEST_ROWS]
        found = []
        for place, (column, name, mask) in enumerate(large):
            if clock.left <= 0:
                break
            found.append(self._judge(column, name, mask, Clock(clock.left / (len(large) - place))))
        return tuple(sorted((each for each in found if each), key=lambda each: -each.worse))

    def _judge(self, column: str, name: str, mask: Mask, clock: Clock) -> Judged | None:
        inside, rest = self.answers.take(mask), self.answers.take(~mask)
        score, other = inside.score(self.metric), rest.score(self.metric)
        if not np.isfinite([score, other]).all():
            return None

        def measure(index: Index) -> NDArray[np.float64]:
            return np.array([inside.take(index).score(self.metric)])

        how = self.how.within(mask)
        limits = how.interval(score, resampled(measure, how, self.rng, clock, RESAMPLES)[:, 0])
        worse = (other - score) if self.metric.higher_is_better else (score - other)
        return Judged(Slice(column, name, len(inside), score, *limits), worse, self._p(mask))

    def _p(self, mask: Mask) -> float:
        """One-sided Welch test of the surprise inside against the rest."""
        mean, error = mean_and_error(self.surprise[mask], self.how.codes[mask])
        other, other_error = mean_and_error(self.surprise[~mask], self.how.codes[~mask])
        both = float(np.hypot(error, other_error))
        return 1 - NormalDist().cdf((mean - other) / both) if both > 0 else float(mean <= other)


def _entropy(probabilities: Array) -> NDArray[np.float64]:
    """The log-loss that each row of probabilities [N, K] expects of itself, [N]."""
    likely = np.maximum(probabilities, SMALLEST)
    return np.asarray(-np.einsum("nk,nk->n", likely, np.log(likely)))


def weak(found: tuple[Judged, ...], headline: Score) -> tuple[Judged, ...]:
    """Those that surprise beyond chance and are worse by a margin that matters, least probable first."""
    skill = abs(headline.value - (headline.baseline or 0.0))
    passed = []
    for place, each in enumerate(sorted(found, key=lambda each: each.p)):
        if each.p * (len(found) - place) > RISK:
            break
        passed.append(each)
    return tuple(each for each in passed if each.worse > MARGIN * skill)
