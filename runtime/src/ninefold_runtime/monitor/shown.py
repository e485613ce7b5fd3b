"""The history of a bundle, window by window, for people: a table with a line of ticks for what changes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.monitor.counted import Counted, digest_of
from ninefold_runtime.monitor.history import History
from ninefold_runtime.monitor.measures import estimated, measured
from ninefold_runtime.monitor.shared import REMEMBERED, Shared
from ninefold_runtime.monitor.status import Status
from ninefold_runtime.monitor.told import Told, told_of

TICKS = "▁▂▃▄▅▆▇█"
MOST_TICKS = 48


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One window: rows, the largest effect of any column, and the scores that were estimated, and measured."""

    start: float
    rows: int
    effect: float
    worst: str
    drifted: tuple[str, ...]
    estimated: dict[str, float]
    measured: dict[str, float]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """``told``: all windows together."""

    history: str
    told: Told
    windows: tuple[Look, ...]


def shown(bundle: Bundle, history: History, now: float | None = None) -> Shown:
    """The windows of the last 30 days.

    Raises:
        MonitorError: when the history cannot be read. BundleError: NF-R109 when the bundle has no sketches.
    """
    at = time.time() if now is None else now
    shared = Shared(bundle, lambda: Counted(bundle), REMEMBERED)
    shared.refresh(history, at)
    kept = history.state(digest_of(bundle))
    status = Status() if kept is None else msgspec.json.decode(kept, type=Status)
    waiting = history.waiting(digest_of(bundle))
    told = told_of(shared.whole(at - REMEMBERED), shared.labelled(), status, waiting=waiting)
    return Shown(history=history.shown, told=told, windows=tuple(_look(*each) for each in shared.windows()))


def _look(start: float, counted: Counted) -> Look:
    target, performance = counted.bundle.schema.target, counted.performance
    report = counted.stream.report() if counted.rows else None
    every = () if report is None else report.columns + report.scores
    worst = max(every, key=lambda column: column.size, default=None)
    guess = () if performance is None or counted.said is None else estimated(target, performance, counted.said)
    truth = () if counted.labelled is None else measured(target, counted.labelled)
    return Look(
        start=start,
        rows=counted.rows,
        effect=0.0 if worst is None else worst.size,
        worst="" if worst is None else worst.name,
        drifted=tuple(column.name for column in every if column.drifted),
        estimated={score.metric: score.value for score in guess},
        measured={score.metric: score.value for score in truth},
    )


def lines(what: Shown) -> list[str]:
    """As text."""
    told, looks = what.told, what.windows
    rows = sum(look.rows for look in looks)
    since = f" since {_when(told.since)}" if told.since else ""
    head = [f"{told.level}{since} · {_many(rows, 'row')} in {_many(len(looks), 'window')} · {what.history}"]
    head += [f"  {why}" for why in told.why if why != told.assumed]
    if not looks:
        return [*head, "  nothing has been counted yet"]
    told_lines = [("rows", [float(look.rows) for look in looks]), ("largest drift", [look.effect for look in looks])]
    for kind in ("estimated", "measured"):
        names = dict.fromkeys(name for look in looks for name in getattr(look, kind))
        told_lines += [(f"{name}, {kind}", [getattr(look, kind).get(name) for look in looks]) for name in names]
    width = max(len(name) for name, _ in told_lines)
    body = [f"  {name:<{width}}  {ticks(values)}  {_range(values)}" for name, values in told_lines]
    drifted = dict.fromkeys(name for look in looks[-MOST_TICKS:] for name in look.drifted)
    tail = [f"  drifted in a window: {', '.join(list(drifted)[:10])}"] if drifted else []
    tail += ["  the level follows when two looks in a row say so"] if drifted and told.level == "ok" else []
    tail += [f"  {name}: {sentence}" for name, sentence in told.groups.items()]
    tail += [f"  {_many(told.labelled.rows, 'label')}, e-value {told.labelled.evidence:.3g}"] if told.labelled else []
    tail += [f"  answers that wait for their labels: {told.waiting:,}"] if told.waiting else []
    return [*head, "", *body, *tail, *([f"  {told.assumed}"] if told.assumed else [])]


def ticks(values: Sequence[float | None]) -> str:
    """The last `MOST_TICKS` values as heights; a space where there is none."""
    last = values[-MOST_TICKS:]
    there = [value for value in last if value is not None]
    low, high = min(there, default=0.0), max(there, default=0.0)
    step = (high - low) / (len(TICKS) - 1) or 1.0
    return "".join(" " if value is None else TICKS[round((value - low) / step)] for value in last)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _range(values: Sequence[float | None]) -> str:
    there = [value for value in values if value is not None]
    return f"{there[0]:,.4g} → {there[-1]:,.4g}" if there else ""


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
