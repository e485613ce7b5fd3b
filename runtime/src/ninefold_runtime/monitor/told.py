"""What a monitor has to tell, as plain data: ``GET /monitor``, ``ninefold monitor --json`` and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from ninefold_runtime.drift import ColumnDrift
from ninefold_runtime.monitor.counted import Counted
from ninefold_runtime.monitor.evidence import allowed, evidence
from ninefold_runtime.monitor.measures import ASSUMED, Score, calibration_gap, estimated, measured
from ninefold_runtime.monitor.outcomes import Outcomes
from ninefold_runtime.monitor.status import Level, Status
from ninefold_runtime.performance import Performance
from ninefold_runtime.schema import Target

MOST_COLUMNS = 50
"""Columns that are told, those that matter most."""
LARGEST = 1e12


class Watched(msgspec.Struct, frozen=True):
    """A column, or what is watched of predictions. ``effect``: the share of rows that would have to move; ``evalue``:
    1 / p after correction; ``weight``: what the column adds to the answers, as a share, None where it is not known."""

    name: str
    drifted: bool
    effect: float
    evalue: float
    missing: float
    unseen: float
    weight: float | None = None


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """Labels that came: ``gap`` is the expected calibration error, None of values; ``evidence`` the e-value of "wrong
    more often than out of fold", which may be looked at at any time."""

    rows: int
    wrong: float
    allowed: float
    scores: tuple[Score, ...]
    evidence: float
    gap: float | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    level: Level
    since: float
    why: tuple[str, ...] = ()
    rows: int = 0
    """Rows of the last day, or those that were asked about."""
    reference_rows: int = 0
    sentence: str = ""
    columns: tuple[Watched, ...] = ()
    scores: tuple[Watched, ...] = ()
    groups: dict[str, str] = {}
    """By group, what its rows say against those of the group in training."""
    before: dict[str, float] = {}
    """Scores of the model when it was made: out of fold, errors at the level of the sealed rows."""
    sealed: dict[str, float] = {}
    estimated: tuple[Score, ...] = ()
    assumed: str = ""
    labelled: Labelled | None = None
    waiting: int = 0
    """Answers whose labels have not come."""

    @property
    def serious(self) -> bool:
        return self.level in {"drift", "degraded"}

    def at(self, status: Status) -> Told:
        return msgspec.structs.replace(self, level=status.level, since=status.since, why=status.why)

    def alert(self, now: float, bundle: str) -> dict[str, Any]:
        """What a webhook is sent."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        drifted = [column for column in plain["columns"] + plain["scores"] if column["drifted"]]
        kept = {name: plain[name] for name in ("model", "level", "since", "why", "rows", "sentence", "estimated")}
        return kept | {"at": now, "bundle": bundle, "assumed": self.assumed, "drifted": drifted}


def told_of(whole: Counted, labelled: Sequence[Outcomes], status: Status, model: str = "", waiting: int = 0) -> Told:
    """All that the counts say. ``labelled``: one per window of time, in order."""
    target, performance = whole.bundle.schema.target, whole.performance
    told = Told(model=model, level=status.level, since=status.since, why=status.why, waiting=waiting)
    if whole.rows:
        report = whole.stream.report()
        columns = sorted(map(_watched, report.columns), key=lambda each: -(each.weight or 0.0))
        told = msgspec.structs.replace(
            told,
            rows=report.rows,
            reference_rows=report.reference_rows,
            sentence=report.sentence,
            columns=tuple(columns[:MOST_COLUMNS]),
            scores=tuple(map(_watched, report.scores)),
            groups=_groups(whole),
        )
    if performance is None:
        return told
    guess = () if whole.said is None else estimated(target, performance, whole.said)
    return msgspec.structs.replace(
        told,
        before=performance.scores,
        sealed=performance.sealed,
        estimated=guess,
        assumed=ASSUMED if guess else "",
        labelled=_labelled(target, performance, labelled),
    )


def _groups(whole: Counted) -> dict[str, str]:
    column = "" if whole.grouped is None else whole.grouped.column.name
    return {f"{column} {name}": stream.report().sentence for name, stream in sorted(whole.groups.items())}


def log_evidence(performance: Performance | None, labelled: Sequence[Outcomes]) -> float:
    """The logarithm of the e-value that labels give, 0 where none came."""
    if performance is None or not labelled:
        return 0.0
    return evidence([(each.wrong, each.rows) for each in labelled], allowed(performance))


def _labelled(target: Target, performance: Performance, windows: Sequence[Outcomes]) -> Labelled | None:
    if not windows:
        return None
    whole = windows[0]
    for more in windows[1:]:
        whole = whole.plus(more)
    return Labelled(
        rows=whole.rows,
        wrong=whole.wrong / max(whole.rows, 1),
        allowed=allowed(performance),
        scores=measured(target, whole),
        evidence=float(min(np.exp(min(log_evidence(performance, windows), 700.0)), LARGEST)),
        gap=calibration_gap(whole),
    )


def _watched(column: ColumnDrift) -> Watched:
    surest = min((test.adjusted for test in column.tests), default=1.0)
    unseen = next((test.size for test in column.tests if test.name == "unlisted share"), 0.0)
    evalue = min(1 / max(surest, 1 / LARGEST), LARGEST)
    return Watched(column.name, column.drifted, column.size, evalue, column.now.missing, unseen, column.weight)
