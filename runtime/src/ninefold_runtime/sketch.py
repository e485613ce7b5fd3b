"""What training looked like, small enough to travel in the bundle and too coarse to give a row back.

Numbers are counted between rounded quantiles: every bin holds no row or at least `LEAST`, and neither the smallest
nor the largest value is kept unless `LEAST` rows share it. Categories keep the levels of at least `LEAST` rows. Text
keeps its lengths. The counts are exact at the bin edges, so comparing them with new rows needs no approximation.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.aspects import all_aspects, remembered
from ninefold_runtime.performance import Performance
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.wire import absent

Array = NDArray[Any]
LEAST = 5
BINS = 100
LEVELS = 200


class Numbers(msgspec.Struct, frozen=True, tag="numbers"):
    """``counts[i]`` rows lie in (edges[i-1], edges[i]]; the first and last bins are open."""

    present: int
    missing: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    mean: float | None
    deviation: float | None


class Levels(msgspec.Struct, frozen=True, tag="levels"):
    """Rows by level, two thirds of all (see `sketch_levels`); ``other`` are the rows of levels that are not listed."""

    present: int
    missing: int
    counts: dict[str, int]
    other: int


class Stamps(msgspec.Struct, frozen=True, tag="stamps"):
    """Datetimes move on by themselves: only whether they are there is remembered."""

    present: int
    missing: int


Sketch = Numbers | Levels | Stamps


class Expected(msgspec.Struct, frozen=True):
    """Accuracy to expect by the calibrated out-of-fold probabilities: the mean probability of the predicted label."""

    accuracy: float
    deviation: float
    rows: int


class Sketches(msgspec.Struct, frozen=True, kw_only=True):
    """The reference for the monitor. ``scores`` and ``expected`` are never of rows seen in training.

    ``rate`` is the chance that a batch without any drift is called drifted, over all columns together.
    """

    rows: int
    columns: dict[str, Sketch]
    scores: dict[str, Sketch] = {}
    expected: Expected | None = None
    rate: float = 0.01
    scores_of_graph: bool = False
    """Whether the graph that is served gave the scores, on rows that were held out. Older bundles compare with
    out-of-fold predictions of other fits, which spread a little differently."""
    performance: Performance | None = None
    """How right the model was out of fold."""
    weights: dict[str, float] = {}
    """What each column adds to the answers, as shares of the whole; empty where it is not known."""
    groups: tuple[Grouped, ...] = ()


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """References of parts of the rows: those that share a level of ``column``, or lie in a band of it with these upper
    ``edges``. ``names`` by code, the last two of other levels and of missing values; ``parts`` by name, where training
    had enough rows."""

    column: Column
    names: tuple[str, ...]
    parts: dict[str, Sketches]
    levels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()


def sketch_columns(schema: Schema, arrays: dict[str, Array]) -> dict[str, Sketch]:
    """One sketch per input of the graph, or per aspect of it; ``arrays`` are wired."""
    values = remembered(schema.columns, arrays)
    return {column.name: sketch_column(column, values[column.name]) for column in all_aspects(schema.columns)}


def sketch_column(column: Column, array: Array) -> Sketch:
    there = array[~absent(array)]
    missing = len(array) - len(there)
    if column.wire == "time":
        return Stamps(len(there), missing)
    if column.kind == "category":
        return sketch_levels(there, missing)
    return sketch_numbers(measured(column, there), missing)


def measured(column: Column, there: Array) -> NDArray[np.float64]:
    """The numbers that stand for present values: themselves, or the lengths of texts in characters."""
    if column.wire == "text":
        return np.array([len(value) for value in there], np.float64)
    return there.astype(np.float64)


def sketch_levels(there: Array, missing: int) -> Levels:
    """[N] strings, none of them empty.

    One third of the rows, drawn at random, says which levels are listed; the others are counted. Were both the same
    rows, a level listed for being frequent by luck would seem to become rarer in every new batch.
    """
    mixed = there[np.random.default_rng(len(there)).permutation(len(there))].tolist()
    third = len(mixed) // 3
    votes, counts = Counter(mixed[:third]), Counter(mixed[third:])
    kept = {level: counts[level] for level, count in votes.most_common(LEVELS) if count >= LEAST}
    return Levels(len(mixed), missing, kept, len(mixed) - third - sum(kept.values()))


def sketch_numbers(values: NDArray[np.float64], missing: int) -> Numbers:
    """[N] float64 without NaN; infinite values are counted in the outer bins."""
    finite = values[np.isfinite(values)]
    edges = _edges(finite)
    counts = histogram(values, edges)
    kept, totals = _merged(edges, counts)
    mean, deviation = moments(values) if len(finite) >= LEAST else (None, None)
    return Numbers(len(values), missing, tuple(kept), tuple(totals), mean, deviation)


def moments(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Mean and standard deviation of the finite values; None where there is none, or it is too large to write."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None, None
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(finite.mean()), float(finite.std())
    return (mean if np.isfinite(mean) else None), (deviation if np.isfinite(deviation) else None)


def histogram(values: NDArray[np.float64], edges: Array | tuple[float, ...]) -> list[int]:
    """Rows per bin of `Numbers`, one more than edges."""
    bins = np.searchsorted(np.asarray(edges, np.float64), values, side="left")
    return [int(count) for count in np.bincount(bins, minlength=len(edges) + 1)]


def _edges(finite: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded quantiles, fewer where rows are few, and one edge just below an atom at the bottom."""
    bins = min(BINS, len(finite) // (2 * LEAST))
    if bins < 2:
        return np.empty(0)
    with np.errstate(over="ignore", invalid="ignore"):
        quantiles = np.quantile(finite, np.linspace(0, 1, bins + 1)[1:-1])
    if not np.isfinite(float(quantiles[-1]) - float(quantiles[0])):
        return np.empty(0)
    edges = np.unique(_rounded(quantiles))
    lowest = finite.min()
    if np.count_nonzero(finite == lowest) >= LEAST and edges[0] >= lowest:
        edges = np.unique([np.nextafter(lowest, -np.inf), lowest, *edges])
    return edges


def _rounded(quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded to about a thousandth of the bulk's width, so that an edge is no row's exact value."""
    width = float(quantiles[-1] - quantiles[0]) or abs(float(quantiles[0])) or 1.0
    digits = 3 - int(np.floor(np.log10(width)))
    return np.round(quantiles, digits) if abs(digits) < 300 else quantiles


def _merged(edges: NDArray[np.float64], counts: list[int]) -> tuple[list[float], list[int]]:
    """Bins of 1 to LEAST - 1 rows joined with the bin above, the last one with the bin below."""
    kept: list[float] = []
    totals = [counts[0]]
    for edge, count in zip(edges, counts[1:], strict=True):
        if 0 < totals[-1] < LEAST:
            totals[-1] += count
        else:
            kept.append(float(edge))
            totals.append(count)
    while kept and 0 < totals[-1] < LEAST:
        kept.pop()
        last = totals.pop()
        totals[-1] += last
    return kept, totals


def sketch_scores(arrays: dict[str, Array]) -> dict[str, Sketch]:
    """Sketches of what `score_arrays` or `score_columns` gives."""
    return {name: _of(array) for name, array in arrays.items()}


def _of(array: Array) -> Sketch:
    return sketch_numbers(array, 0) if array.dtype.kind == "f" else sketch_levels(array, 0)


def score_arrays(probabilities: Array | None, values: Array | None, positive: int | None) -> dict[str, Array]:
    """What is watched of predictions: the positive class's probability; of several classes the largest probability
    and the most probable class (its position, as text); of a regression the value."""
    if probabilities is None:
        return {} if values is None else {"predicted value": np.asarray(values, np.float64)}
    if positive is not None:
        return {"predicted probability": probabilities[:, positive]}
    best = probabilities.argmax(axis=1).astype(np.str_).astype(object)
    return {"largest probability": probabilities.max(axis=1), "predicted class": best}


def score_columns(target: Target, predictions: Array) -> dict[str, Array]:
    """What is watched of several targets or quantiles: [N, P] values, or probabilities of yes, one by one; of mixed
    targets values, and probabilities of each class."""
    what = "probability of" if target.labels else "quantile" if target.quantiles else "predicted"
    return {f"{what} {name}": predictions[:, part] for part, name in enumerate(target.answers or target.parts)}
