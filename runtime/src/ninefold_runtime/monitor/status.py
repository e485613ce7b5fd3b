"""What the counts mean: ok, watch, drift or degraded, and when that is told again.

A look judges a batch of new rows, none of them twice, each at the bundle's rate of false alarms. A level is reached
when two looks in a row find it, so that the batch that drifts by chance passes; it is left when three in a row do
not. Evidence from labels holds over any number of looks, and counts at once. After an alert the same level is not told
again for `COOL_SECONDS`, a higher one is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from ninefold_runtime.monitor.counted import Counted
from ninefold_runtime.monitor.evidence import ALPHA
from ninefold_runtime.monitor.measures import ASSUMED, HIGHER_IS_BETTER, estimated
from ninefold_runtime.monitor.report import Alarm, WatchReport
from ninefold_runtime.monitor.stream import sketches_of

Level = Literal["ok", "watch", "drift", "degraded"]
LEVELS: tuple[Level, ...] = ("ok", "watch", "drift", "degraded")
RISE, FALL = 2, 3
BEYOND = -math.log(ALPHA)
COOL_SECONDS = 6 * 3600.0
MATTERS = 0.05
"""Drifted columns that together make up less of the answers are watched, and no more."""
FLOOR, SHARE = 0.05, 0.15
"""How far a score between 0 and 1 must fall, and by which share any other must worsen, to count as degraded."""


class Found(msgspec.Struct, frozen=True):
    """What one look found. ``sure``: it holds over all looks."""

    level: Level
    why: tuple[str, ...] = ()
    sure: bool = False


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """``since`` and ``told`` are seconds since 1970; ``higher`` and ``lower`` count looks in a row that found a level
    above or below this one."""

    level: Level = "ok"
    since: float = 0.0
    why: tuple[str, ...] = ()
    higher: int = 0
    lower: int = 0
    told: float = 0.0
    told_level: Level = "ok"

    def after(self, found: Found, now: float) -> Status:
        """The status once this was found."""
        here, there = LEVELS.index(self.level), LEVELS.index(found.level)
        if there == here:
            return msgspec.structs.replace(self, why=found.why, higher=0, lower=0)
        higher, lower = (self.higher + 1, 0) if there > here else (0, self.lower + 1)
        if higher >= RISE or (there > here and found.sure) or lower >= FALL:
            return msgspec.structs.replace(self, level=found.level, since=now, why=found.why, higher=0, lower=0)
        return msgspec.structs.replace(self, higher=higher, lower=lower)

    def must_tell(self, now: float) -> bool:
        """Whether this is news: drift or worse, and not told yet, or long ago."""
        here = LEVELS.index(self.level)
        if here < LEVELS.index("drift"):
            return False
        return here > LEVELS.index(self.told_level) or now - self.told >= COOL_SECONDS

    def once_told(self, now: float) -> Status:
        return msgspec.structs.replace(self, told=now, told_level=self.level)


def found_in(batch: Counted, log_evidence: float, alarms: Sequence[Alarm] = ()) -> Found:
    """What a batch of rows, its estimated scores, the evidence of labels, and new alarms of guards come to. Errors of
    values are estimated too coarsely to call a model degraded by them."""
    if log_evidence >= BEYOND:
        told = f"labels: wrong more often than out of fold (e-value {_power(log_evidence)})"
        return Found("degraded", (told,), sure=True)
    fallen = _fallen(batch)
    coarse = batch.performance is not None and batch.performance.errors is not None
    if fallen and not coarse:
        return Found("degraded", (*fallen, ASSUMED))
    weights = sketches_of(batch.bundle).weights
    if serious := [alarm for alarm in alarms if weights.get(alarm.column, 1.0) >= MATTERS]:
        shown = (f"alarm: {alarm.column}, {alarm.test}, after {alarm.row:,} rows" for alarm in serious[:10])
        return Found("drift", tuple(shown), sure=True)
    found = _drift(batch.stream.report(), weights) if batch.rows else Found("ok")
    return Found("watch", (*fallen, ASSUMED)) if fallen and found.level == "ok" else found


def _drift(report: WatchReport, weights: dict[str, float]) -> Found:
    """Columns that drifted count by what they add to the answers; where that is not known, all count."""
    scores = [column.name for column in report.scores if column.drifted]
    columns = [column.name for column in report.columns if column.drifted]
    if not scores and not columns:
        return Found("ok")
    leaning = sum(weights.get(name, 0.0) for name in columns)
    share = f" ({leaning:.0%} of what the answers come from)" if weights else ""
    if scores or leaning >= MATTERS or not weights:
        return Found("drift", (f"drifted: {', '.join([*scores, *columns][:10])}{share}",))
    return Found("watch", (f"drifted, but hardly used: {', '.join(columns[:10])}{share}",))


def _fallen(batch: Counted) -> list[str]:
    """Scores whose whole interval is worse than out of fold by more than the floor."""
    if batch.performance is None or batch.said is None:
        return []
    told = []
    for score in estimated(batch.bundle.schema.target, batch.performance, batch.said):
        before = batch.performance.scores.get(score.metric, math.nan)
        better = HIGHER_IS_BETTER[score.metric]
        if (score.high < before - FLOOR) if better else (score.low > before * (1 + SHARE)):
            now = f"{score.value:.3f} ({score.low:.3f} to {score.high:.3f})"
            told.append(f"{score.metric} estimated at {now}, {before:.3f} out of fold")
    return told


def _power(log_evidence: float) -> str:
    """An e-value as it can be read, however large."""
    return f"{math.exp(log_evidence):,.0f}" if log_evidence < 14 else f"10^{log_evidence / math.log(10):.0f}"
