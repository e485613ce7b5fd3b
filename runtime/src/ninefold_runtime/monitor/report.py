"""What a comparison with training says, as plain data and as text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ninefold_runtime.drift import ColumnDrift
from ninefold_runtime.intake import Note


class Alarm(msgspec.Struct, frozen=True):
    """A test over a stream that has gone off for good, after ``row`` rows; the change began about row ``since``.
    ``odds``: without a change, so strong an evidence comes once in that many rows at most, in the mean."""

    column: str
    test: str
    row: int
    since: int
    odds: float


class WatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """``scores`` compares the graph's predictions with those of rows it never saw; ``drifted`` is True when any entry
    has. Of a stream that is looked at again and again it is True when an ``alarms`` has gone off: p-values and
    ``sentence`` are those of one look at these rows, while alarms hold over all looks, with ``quiet`` rows from one
    false alarm to the next, at least and in the mean.
    """

    rows: int
    reference_rows: int
    columns: tuple[ColumnDrift, ...]
    scores: tuple[ColumnDrift, ...]
    rate: float
    tests: int
    drifted: bool
    sentence: str
    notes: tuple[Note, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    quiet: int | None = None


def sentence(judged: Sequence[ColumnDrift], tests: int, rate: float) -> str:
    """The verdict on a batch."""
    names = [column.name for column in judged if column.drifted]
    among = f"{len(judged)} after correction for {tests} tests (Holm, {rate:.0%} false alarms per batch)"
    return f"drifted: {len(names)} of {among}: {', '.join(names)}" if names else f"no drift in {among}"


def alarming(alarms: Sequence[Alarm], quiet: int) -> str:
    """The verdict on a stream."""
    odds = f"at most one false alarm in {quiet:,} rows"
    if not alarms:
        return f"no alarm ({odds})"
    told = ", ".join(f"{alarm.column} ({alarm.test}) at row {alarm.row:,}" for alarm in alarms)
    return f"{len(alarms)} {'alarm' if len(alarms) == 1 else 'alarms'}: {told} ({odds})"


def ended(rows: int, alarms: Sequence[Alarm], quiet: int) -> str:
    """The last word on a stream."""
    return f"{rows:,} rows: {alarming(alarms, quiet)}"


def brief(report: WatchReport, whole: int) -> str:
    """A stream in a line, after ``whole`` rows."""
    most = max(report.columns + report.scores, key=lambda column: column.effect)
    change = f'largest change "{most.name}" {most.effect:.3f}' if most.effect else "no change"
    return f"{whole:,} rows, {report.rows:,} of them new: {change}; {report.sentence}"


def lines(report: WatchReport) -> list[str]:
    """The report as text, drifted columns first, then by the size of the change."""
    every = sorted(report.columns + report.scores, key=lambda column: (not column.drifted, -column.size))
    width = max(len(column.name) for column in every)
    new = "1 new row" if report.rows == 1 else f"{report.rows:,} new rows"
    head = f"{report.reference_rows:,} training rows against {new}"
    mark = "✗" if report.drifted else "✓"
    return [head, "", *(_line(column, width) for column in every), "", f"{mark} {report.sentence}"]


def _line(column: ColumnDrift, width: int) -> str:
    flag = "!" if column.drifted else " "
    psi = "" if column.psi is None else f"PSI {column.psi:.2f}"
    worst = min(column.tests, key=lambda test: (test.adjusted, -test.size), default=None)
    told = f"{worst.name} {worst.size:.3f}  p {worst.adjusted:.2g}" if worst else "nothing to test"
    return f"  {flag}  {column.name:<{width}}  {_change(column):<34}  {told:<38}  {psi}".rstrip()


def _change(column: ColumnDrift) -> str:
    before, now = column.before, column.now
    if column.drifted and column.constant:
        return f"always the same in {now.rows:,} rows"
    if column.new:
        level, share = next(iter(column.new.items()))
        return f'new value "{level[:16]}" in {share:.1%}'
    if column.moved:
        return f'"{column.moved.level[:16]}" {column.moved.before:.1%} → {column.moved.now:.1%}'
    if before.mean is not None and now.mean is not None:
        return f"mean {before.mean:.4g} → {now.mean:.4g}"
    return f"missing {before.missing:.1%} → {now.missing:.1%}"
