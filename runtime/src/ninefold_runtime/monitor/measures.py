"""Scores from counts, with intervals: measured where labels have come, estimated where they have not.

An estimate takes each probability at its word: of rows that were given 0.8, eight in ten are expected to be right
(confidence-based performance estimation, as NannyML's CBPE). Where the out-of-fold rows show that the words were not to
be taken so, they are corrected by what was observed (isotonic regression of the bins, Barlow et al. 1972). Errors of
values are expected to be as large as they were out of fold for predictions of that size (after the idea of direct loss
estimation). Both hold only as long as the relation of rows to labels stays what it was (`ASSUMED`).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from ninefold_runtime.monitor.outcomes import Array, Outcomes
from ninefold_runtime.performance import Calibrated, Errors, Performance
from ninefold_runtime.pvalues import chi_square
from ninefold_runtime.schema import Target

ASSUMED = (
    "An estimate without labels: it holds while rows that look alike still have the labels they had in training. "
    "Where that relation itself has changed, only labels can tell."
)
DRAWS, Z = 200, 1.96
DISTRUSTED = 0.01
"""p-value of the check below which probabilities are corrected before they are taken at their word."""
HIGHER_IS_BETTER = {"accuracy": True, "f1": True, "roc_auc": True, "log_loss": False, "mae": False, "rmse": False}


class Score(msgspec.Struct, frozen=True):
    """A metric by Ninefold's name, with its 95 % interval."""

    metric: str
    value: float
    low: float
    high: float


def measured(target: Target, counts: Outcomes, seed: int = 0) -> tuple[Score, ...]:
    """The scores of labelled rows; intervals by a Poisson bootstrap of the cells (Chamandy et al. 2012)."""
    if not counts.rows:
        return ()
    if "size" in counts.counts:
        return _of_sums(*(counts.counts[name] for name in ("rows", "size", "square", "fourth")))
    rows, hits, mean = counts.counts["rows"], counts.counts["hits"], _means(counts)
    rng = np.random.default_rng(seed)
    yes, no = (rng.poisson(part, (DRAWS, *part.shape)) for part in (hits, rows - hits))
    return _told(of_cells(target, rows, hits, mean), of_cells(target, yes + no, yes, mean))


def estimated(target: Target, performance: Performance, counts: Outcomes, seed: int = 0) -> tuple[Score, ...]:
    """The scores that rows without labels are expected to have. Intervals hold the doubt about the probabilities, from
    finitely many out-of-fold rows, and the chance in the labels."""
    if not counts.rows:
        return ()
    if performance.errors is not None:
        return _expected_errors(performance.errors, counts.counts["rows"])
    rows, mean = counts.counts["rows"], _means(counts)
    trusted = [taken(question)(mean[place]) for place, question in enumerate(performance.questions)]
    doubts = [_doubts(question, mean[place]) for place, question in enumerate(performance.questions)]
    chance, doubt = np.stack(trusted), np.stack(doubts)
    rng = np.random.default_rng(seed)
    drawn = np.clip(chance + doubt * rng.standard_normal((DRAWS, *chance.shape)), 0, 1)
    hits = rng.binomial(rows.astype(np.int64), drawn)
    return _told(of_cells(target, rows, rows * chance, mean), of_cells(target, rows, hits, mean))


def calibration_gap(counts: Outcomes) -> float | None:
    """The expected calibration error of labelled rows, over ten bins of the first question's probability; None of
    values."""
    if "hits" not in counts.counts:
        return None
    rows, hits, sums = (counts.counts[name][0].sum(0).reshape(-1) for name in ("rows", "hits", "sums"))
    bins = np.minimum((sums / np.maximum(rows, 1) * 10).astype(np.intp), 9)
    seen, said = np.bincount(bins, hits, 10), np.bincount(bins, sums, 10)
    return float(np.abs(seen - said).sum() / max(rows.sum(), 1))


def expected(errors: Errors) -> tuple[Score, ...]:
    """The scores of values that are predicted as those out of fold were."""
    return _expected_errors(errors, np.array(errors.rows, np.float64))


def trust(question: Calibrated) -> float:
    """p-value of the hypothesis that probabilities are as they say: Hosmer and Lemeshow 1980, on validated rows."""
    rows, hits, chance = (np.array(part, np.float64) for part in (question.rows, question.hits, question.chance))
    spread = rows * chance * (1 - chance)
    able = spread > 0
    if not able.any():
        return 1.0
    return chi_square(float(((hits - rows * chance)[able] ** 2 / spread[able]).sum()), int(able.sum()))


def taken(question: Calibrated) -> Callable[[Array], Array]:
    """What a probability is taken to mean."""
    if trust(question) >= DISTRUSTED:
        return lambda chance: chance
    rows = np.array(question.rows, np.float64)
    rate = _rising(np.array(question.hits) / np.maximum(rows, 1), rows)
    return lambda chance: np.interp(chance, np.array(question.chance), rate)


def of_cells(target: Target, rows: Array, hits: Array, mean: Array) -> dict[str, Array]:
    """Metrics of counts [..., Q, 2, CELLS], over the leading axes; NaN where they are undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = rows[..., 0, :, :].sum((-1, -2))
        if target.task == "binary":
            wrong = (rows - hits)[..., 0, 1, :].sum(-1) + hits[..., 0, 0, :].sum(-1)
            found = {"accuracy": 1 - wrong / total}
            each = slice(0, 1)
        else:
            found = {"accuracy": hits[..., 0, :, :].sum((-1, -2)) / total}
            each = slice(1, None)
        classes = rows[..., each, :, :], hits[..., each, :, :]
        if classes[0].shape[-3]:
            found |= {"f1": _f1(*classes), "roc_auc": _auc(*classes)}
            loss = _surprise(*classes, mean[each], both=target.task == "binary") / total
            found["log_loss"] = loss
        return found


def _f1(rows: Array, hits: Array) -> Array:
    right = hits[..., 1, :].sum(-1)
    met = rows[..., 1, :].sum(-1) + hits.sum((-1, -2))
    return _mean(2 * right / met, met > 0)


def _auc(rows: Array, hits: Array) -> Array:
    """Cells rise with the probability; rows of one cell are ties, which count half."""
    yes = hits.sum(-2)
    no = (rows - hits).sum(-2)
    below = np.cumsum(no, axis=-1) - no / 2
    pairs = yes.sum(-1) * no.sum(-1)
    return _mean((yes * below).sum(-1) / pairs, pairs > 0)


def _mean(values: Array, defined: Array) -> Array:
    """Over the classes for which the metric is defined; NaN where there are none."""
    return np.asarray(np.where(defined, values, 0.0).sum(-1) / defined.sum(-1))


def _surprise(rows: Array, hits: Array, mean: Array, *, both: bool) -> Array:
    chance = np.clip(mean, 1e-15, 1 - 1e-15)
    told = hits * -np.log(chance)
    return np.asarray((told + (rows - hits) * -np.log1p(-chance) if both else told).sum((-1, -2, -3)))


def _means(counts: Outcomes) -> Array:
    """The mean probability of each cell."""
    rows = counts.counts["rows"]
    return np.asarray(counts.counts["sums"] / np.maximum(rows, 1))


def _doubts(question: Calibrated, chance: Array) -> Array:
    """The standard error of what a probability means, by the rows of its bin."""
    rows, hits = np.array(question.rows, np.float64), np.array(question.hits, np.float64)
    rate = (hits + 0.5) / (rows + 1)
    place = np.searchsorted(np.array(question.edges), chance, side="right")
    return np.asarray(np.sqrt(rate * (1 - rate) / np.maximum(rows, 1))[place])


def _rising(rate: Array, weight: Array) -> Array:
    """The closest rates that never fall (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, heavy in zip(rate.tolist(), weight.tolist(), strict=True):
        mean, total, size = value, heavy, 1
        while pools and pools[-1][0] > mean:
            before, more, count = pools.pop()
            mean = (mean * total + before * more) / max(total + more, 1e-12)
            total, size = total + more, size + count
        pools.append((mean, total, size))
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])


def _told(values: dict[str, Array], draws: dict[str, Array]) -> tuple[Score, ...]:
    told = []
    for metric, value in values.items():
        drawn = draws[metric][np.isfinite(draws[metric])]
        if np.isfinite(value) and len(drawn):
            low, high = np.quantile(drawn, (0.025, 0.975))
            told.append(Score(metric, float(value), float(min(low, value)), float(max(high, value))))
    return tuple(told)


def _expected_errors(errors: Errors, rows: Array) -> tuple[Score, ...]:
    known = np.maximum(np.array(errors.rows, np.float64), 1)
    size, square, fourth = (np.array(part) for part in (errors.size, errors.square, errors.fourth))
    share = rows / rows.sum()
    doubt = rows**2 / known + rows
    mean, squared = float(share @ size), float(share @ square)
    of_level = errors.doubt * mean, 2 * errors.doubt * squared
    pairs = (size, square), (square, fourth)
    of_rows = (np.sqrt((doubt * (high - low**2)).sum()) / rows.sum() for low, high in pairs)
    return _means_told(mean, squared, *(float(np.hypot(*each)) for each in zip(of_rows, of_level, strict=True)))


def _of_sums(rows: Array, size: Array, square: Array, fourth: Array) -> tuple[Score, ...]:
    n = rows.sum()
    mean, squared = size.sum() / n, square.sum() / n
    spreads = (np.sqrt(max(high / n - low**2, 0) / n) for low, high in ((mean, square.sum()), (squared, fourth.sum())))
    return _means_told(float(mean), float(squared), *map(float, spreads))


def _means_told(size: float, square: float, doubt: float, doubt_of_square: float) -> tuple[Score, ...]:
    low, high = (np.sqrt(max(square + sign * Z * doubt_of_square, 0.0)) for sign in (-1, 1))
    mae = Score("mae", size, max(size - Z * doubt, 0.0), size + Z * doubt)
    return mae, Score("rmse", float(np.sqrt(square)), float(low), float(high))
