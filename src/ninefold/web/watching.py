"""New rows against what a bundle remembers of training, as rows of a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ninefold.core.words import cell
from ninefold.runs import read_columns
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.drift import ColumnDrift
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.watch import watch_table


@dataclass(frozen=True)
class Row:
    """One column, or one score of the graph. ``size`` is the share of rows that would have to move, 0 to 1."""

    name: str
    drifted: bool
    size: float
    test: str
    chance: str
    psi: str
    before: str
    now: str


def watched(bundle: Path, table: Path) -> WatchReport:
    """What `ninefold watch` says.

    Raises:
        BundleError: when the bundle is damaged or remembers nothing.
        SourceError, TableError: when the table cannot be read or has no rows.
    """
    return watch_table(read_bundle(bundle), read_columns(table))


def rows(compared: tuple[ColumnDrift, ...]) -> list[Row]:
    """Drifted ones first, then by the size of the change."""
    return [_row(each) for each in sorted(compared, key=lambda each: (not each.drifted, -each.size))]


def _row(drift: ColumnDrift) -> Row:
    worst = min(drift.tests, key=lambda test: (test.adjusted, -test.size), default=None)
    before, now = _sides(drift)
    return Row(
        name=drift.name,
        drifted=drift.drifted,
        size=worst.size if worst else 0.0,
        test=worst.name if worst else "nothing to test",
        chance=f"{worst.adjusted:.2g}" if worst else "",
        psi="" if drift.psi is None else f"{drift.psi:.2f}",
        before=before,
        now=now,
    )


def _sides(drift: ColumnDrift) -> tuple[str, str]:
    before, now = drift.before, drift.now
    if drift.new:
        level, share = next(iter(drift.new.items()))
        return f'"{level[:40]}" never', f"{share:.1%}"
    if drift.moved:
        return f'"{drift.moved.level[:40]}" {drift.moved.before:.1%}', f"{drift.moved.now:.1%}"
    if before.mean is not None and now.mean is not None:
        return f"mean {cell(float(before.mean))}", cell(float(now.mean))
    return f"missing {before.missing:.1%}", f"{now.missing:.1%}"
