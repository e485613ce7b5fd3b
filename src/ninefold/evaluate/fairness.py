"""How the groups of sensitive columns fare on the sealed rows, with intervals.

Every group is resampled by itself, so its interval says what its own rows can tell, and a share has at least the
interval that Wilson (1927) gives it, as resamples of 0 of 5 rows are 0 as well. A difference of two groups has its
interval from theirs (Zou and Donner 2008, "MOVER"); the ratio likewise, on a logarithmic scale.

The largest of several differences is never zero. It is held against the range that groups would show which differ in
nothing but their rows: one draw for each group from its own error, many times over, and far enough out for all
differences looked at (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.fairness import FEWEST, Compared, Fairness, Gap, Group, Rate
from ninefold.core.problem import Problem
from ninefold.core.table import Array, Dataset, Rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import NORMAL, Index, Resampling, resampled, wilson
from ninefold.evaluate.calibration import equal_mass
from ninefold.fairness.groups import Codes, Grouping, crossed, grouping_of
from ninefold.fairness.rates import FALSE, SELECTION, SHARES, TRUE, Ratio, ratios, sureness

RESAMPLES = 500
RISK = 0.05
DRAWN = 20_000
BINS = 5
"""Of a group's calibration curve."""


def fairness(dataset: Dataset, rows: Rows, measure: Measure, clock: Clock) -> Fairness:
    """The groups of each sensitive column, and of each two crossed, among the sealed ``rows``."""
    groupings, skipped = _groupings(measure.problem, dataset)
    splits = list(_splits(groupings, rows))
    left = sum(split.size for split in splits)
    told = []
    for split in splits:
        told.append((split, measure.groups(split, Clock(clock.left * split.size / left))))
        left -= split.size
    tests = max(1, sum(len(measure.ratios) for _ in told))
    compared = tuple(Compared(split.columns, groups, measure.gaps(groups, RISK / tests)) for split, groups in told)
    return Fairness(compared, skipped)


def _groupings(problem: Problem, dataset: Dataset) -> tuple[list[Grouping], dict[str, str]]:
    found, skipped = [], {}
    for name in problem.sensitive:
        if name not in dataset.names:
            skipped[name] = dataset.refused.get(name, "it is not in the table that was read")
            continue
        grouping = grouping_of(dataset.column(name), dataset.rows.columns[name])
        if isinstance(grouping, str):
            skipped[name] = grouping
        else:
            found.append(grouping)
    return found, skipped


@dataclass(frozen=True, eq=False)
class Split:
    """The sealed rows by group: ``codes`` [N] are places in ``names``."""

    columns: tuple[str, ...]
    names: tuple[str, ...]
    codes: Codes

    @property
    def size(self) -> int:
        """Groups that have rows."""
        return len(np.unique(self.codes))


def _splits(groupings: Sequence[Grouping], rows: Rows) -> Iterator[Split]:
    codes = {grouping.column: grouping.codes(rows.columns[grouping.column]) for grouping in groupings}
    yield from (Split((each.column,), each.names, codes[each.column]) for each in groupings)
    for one, other in combinations(groupings, 2):
        both, names = crossed(codes[one.column], one.names, codes[other.column], other.names)
        yield Split((one.column, other.column), names, both)


class Measure:
    """All measures of the task on the sealed rows, group by group."""

    def __init__(self, problem: Problem, answers: Answers, how: Resampling, rng: np.random.Generator) -> None:
        self.problem, self._answers, self._how, self._rng = problem, answers, how, rng
        self.ratios = ratios(problem, answers.y, answers.predictions, answers.labels)
        self._curves = bool(problem.classes)

    def groups(self, split: Split, clock: Clock) -> tuple[Group, ...]:
        """Every group that has rows, in order, crossed ones the largest first; resampled as often as time allows."""
        codes, rows = np.unique(split.codes, return_counts=True)
        found = []
        for place, code in enumerate(codes):
            mask = split.codes == code
            found.append(self._group(split.names[code], mask, Clock(clock.left / (len(codes) - place))))
        order = np.argsort(-rows, kind="stable") if len(split.columns) > 1 else range(len(found))
        return tuple(found[i] for i in order)

    def _group(self, name: str, mask: Array, clock: Clock) -> Group:
        above = np.array([ratio.above[mask] for ratio in self.ratios])
        below = np.array([ratio.below[mask] for ratio in self.ratios])
        how = self._how.within(mask)

        def measure(index: Index) -> Array:
            return _divided(above[:, index].sum(axis=1), below[:, index].sum(axis=1))

        values, samples = measure(np.arange(int(mask.sum()))), resampled(measure, how, self._rng, clock, RESAMPLES)
        sizes = below.sum(axis=1)
        rates = tuple(
            _rate(ratio, float(value), how.interval(float(value), drawn), int(size))
            for ratio, value, drawn, size in zip(self.ratios, values, samples.T, sizes, strict=True)
            if np.isfinite(value)
        )
        return Group(name, int(mask.sum()), rates, self._curve(mask))

    def _curve(self, mask: Array) -> tuple[tuple[float, float], ...]:
        if not self._curves or mask.sum() < FEWEST * BINS:
            return ()
        given, came = sureness(self._answers.y[mask], self._answers.predictions[mask])
        bins = equal_mass(given, BINS)
        rows = np.bincount(bins)
        pairs = zip(np.bincount(bins, given) / rows, np.bincount(bins, came) / rows, strict=True)
        return tuple((float(g), float(c)) for g, c in pairs)

    def gaps(self, groups: Sequence[Group], risk: float) -> tuple[Gap, ...]:
        """In every measure, the two judged groups that are furthest apart, held against chance at ``risk``."""
        found = []
        for ratio in self.ratios:
            rates = {group.name: rate for group in groups if (rate := group.rate(ratio.measure, ratio.part))}
            judged = {name: rate for name, rate in rates.items() if rate.rows >= FEWEST}
            if len(judged) > 1:
                found.append(_gap(judged, risk, self._rng))
        return tuple(found)


def _divided(above: Array, below: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(above / below)


def _rate(ratio: Ratio, value: float, between: tuple[float, float], rows: int) -> Rate:
    low, high = between
    if ratio.measure in SHARES:
        least, most = wilson(value, rows)
        low, high = min(low, least), max(high, most)
    return Rate(ratio.measure, ratio.part, value, low, high, rows)


def _gap(rates: dict[str, Rate], risk: float, rng: np.random.Generator) -> Gap:
    highest = max(rates, key=lambda name: rates[name].value)
    lowest = min(rates, key=lambda name: rates[name].value)
    high, low = rates[highest], rates[lowest]
    apart = high.value - low.value
    least = apart - float(np.hypot(high.value - high.low, low.high - low.value))
    most = apart + float(np.hypot(high.high - high.value, low.value - low.low))
    ratio = _ratio(high, low) if high.measure in (SELECTION, TRUE, FALSE) else (None, None, None)
    chance = _chance(list(rates.values()), risk, rng)
    return Gap(high.measure, high.part, highest, lowest, apart, least, most, chance, *ratio)


def _ratio(high: Rate, low: Rate) -> tuple[float | None, float | None, float | None]:
    if not high.value:
        return None, None, None
    if not low.value or not high.low:
        return low.value / high.value, 0.0, 1.0
    logs = {name: np.log([rate.low or 1e-9, rate.value, rate.high]) for name, rate in {"h": high, "l": low}.items()}
    (h_low, h, h_high), (l_low, middle, l_high) = logs["h"], logs["l"]
    least = middle - h - np.hypot(middle - l_low, h_high - h)
    most = middle - h + np.hypot(l_high - middle, h - h_low)
    return low.value / high.value, float(np.exp(least)), float(np.exp(most))


def _chance(rates: list[Rate], risk: float, rng: np.random.Generator) -> float:
    """The range that equal groups stay under but for ``risk``; a share's error is at least that of the common share."""
    errors = np.array([(rate.high - rate.low) / (2 * NORMAL) for rate in rates])
    if rates[0].measure in SHARES:
        rows = np.array([rate.rows for rate in rates])
        common = float(np.average([rate.value for rate in rates], weights=rows))
        errors = np.maximum(errors, np.sqrt(common * (1 - common) / rows))
    if len(rates) == 2:
        return float(-NormalDist().inv_cdf(risk / 2) * np.hypot(*errors))
    drawn = rng.normal(size=(DRAWN, len(rates))) * errors
    return float(np.quantile(np.ptp(drawn, axis=1), 1 - risk))
