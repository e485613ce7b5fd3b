"""``ninefold-runtime watch`` and ``monitor``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.monitor import batch as batches
from ninefold_runtime.monitor import shown as histories
from ninefold_runtime.monitor.alerts import Alerts
from ninefold_runtime.monitor.history import History
from ninefold_runtime.monitor.places import existing, history_of
from ninefold_runtime.monitor.report import lines
from ninefold_runtime.monitor.wish import wish
from ninefold_runtime.table import read_chunks, read_table


def watch(chosen: argparse.Namespace, progress: Callable[[int], None]) -> int:
    """1 when the rows have drifted, or their scores have become worse."""
    bundle, wanted = read_bundle(chosen.bundle), wish(chosen.history, chosen.webhook, chosen.on_drift)
    labels = None if chosen.labels is None else {n: list(v) for n, v in read_table(Path(chosen.labels)).items()}
    batch = batches.Batch(bundle, batches.Wanted(chosen.by, chosen.target, labels, chosen.key))
    for columns in read_chunks(chosen.file, batches.SPAN):
        batch.add(columns)
        progress(batch.counted.rows)
    report, told = batch.report(), batch.told()
    if chosen.history is not None:
        batch.keep(chosen.history)
    for note in report.notes:
        print(f"warning: {note.message}", file=sys.stderr)
    whole = batches.whole(report, told)
    print(msgspec.json.encode(whole).decode() if chosen.json else "\n".join([*lines(report), *batches.lines(told)]))
    for failed in batches.alert(told, bundle, Alerts(wanted.webhook, wanted.secret, wanted.command)):
        print(f"warning: {failed}", file=sys.stderr)
    return int(report.drifted or told.serious)


def show(chosen: argparse.Namespace) -> int:
    """1 when the status of the bundle is drift or worse."""
    told = histories.shown(read_bundle(chosen.bundle), History(existing(chosen.history or history_of(chosen.bundle))))
    print(msgspec.json.encode(told).decode() if chosen.json else "\n".join(histories.lines(told)))
    return int(told.told.serious)
