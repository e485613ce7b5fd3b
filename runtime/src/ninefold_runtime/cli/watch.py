"""``watch``: have the rows of a file drifted, whole or while they come?"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from ninefold_runtime.cli.said import Commands, as_json, tell, trusting, warn
from ninefold_runtime.monitor.words import COMMAND_HELP, WEBHOOK_HELP


def add(commands: Commands) -> None:
    parser = commands.add_parser("watch", help="has the data drifted? exit 1 if so")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("file", type=Path, help="CSV or JSON Lines, also .gz; with --follow - is CSV from stdin")
    parser.add_argument("--json", action="store_true", help="JSON instead of text: one object, or a line per report")
    parser.add_argument("--follow", action="store_true", help="go on reading while FILE grows, and say when it drifts")
    parser.add_argument("--every", type=int, default=1000, metavar="ROWS", help="a report each so many rows")
    parser.add_argument("--seconds", type=float, default=60.0, help="or each so many seconds")
    parser.add_argument("--stop", action="store_true", help="end at the first alarm")
    parser.add_argument("--quiet", type=int, default=100_000, metavar="ROWS", help="rows between two false alarms")
    parser.add_argument("--by", metavar="COLUMN", help="compare groups of this column, too")
    parser.add_argument("--target", metavar="COLUMN", help="the column with the labels: score the rows, too")
    parser.add_argument("--labels", metavar="FILE", help="the labels, in a table apart")
    parser.add_argument("--key", metavar="COLUMN", help="with --labels: whose label it is; else row by row")
    parser.add_argument("--history", metavar="URL|FILE", help="write the counts down: SQLite file or postgresql:// URL")
    parser.add_argument("--webhook", metavar="URL", help=WEBHOOK_HELP)
    parser.add_argument("--on-drift", metavar="COMMAND", help=COMMAND_HELP)
    trusting(parser)
    parser.set_defaults(does=_watch)


def _watch(chosen: argparse.Namespace) -> int:
    return _follow(chosen) if chosen.follow else _compare(chosen)


def _compare(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor import batch as batches
    from ninefold_runtime.monitor.alerts import alerts_of
    from ninefold_runtime.monitor.report import lines
    from ninefold_runtime.monitor.wish import wish
    from ninefold_runtime.progress import Progress
    from ninefold_runtime.table import read_chunks, read_table

    bundle, alerts = read_bundle(chosen.bundle, chosen.trust), alerts_of(wish(None, chosen.webhook, chosen.on_drift))
    labels = None if chosen.labels is None else {n: list(v) for n, v in read_table(Path(chosen.labels)).items()}
    batch, progress = (
        batches.Batch(bundle, batches.Wanted(chosen.by, chosen.target, labels, chosen.key)),
        Progress(tell),
    )
    for columns in read_chunks(chosen.file, batches.SPAN):
        batch.add(columns)
        progress.rows(batch.counted.rows)
    report, told = batch.report(), batch.told()
    if chosen.history is not None:
        batch.keep(chosen.history)
    warn(note.message for note in report.notes)
    text = [*lines(report), *batches.lines(told)]
    print(as_json(batches.whole(report, told)) if chosen.json else "\n".join(text))
    warn(batches.alert(told, bundle, alerts))
    return int(report.drifted or told.serious)


def _follow(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.alerts import alerts_of
    from ninefold_runtime.monitor.counter import Counter
    from ninefold_runtime.monitor.follow import Pace, coming, follow, refuse_beside_follow
    from ninefold_runtime.monitor.herald import Herald
    from ninefold_runtime.monitor.report import WatchReport, brief, ended
    from ninefold_runtime.monitor.stream import Stream
    from ninefold_runtime.monitor.wish import wish

    refuse_beside_follow(
        by=chosen.by, target=chosen.target, labels=chosen.labels, key=chosen.key, history=chosen.history
    )
    bundle = read_bundle(chosen.bundle, chosen.trust)
    stream = Stream(bundle, quiet=chosen.quiet)
    herald = Herald(alerts_of(wish(None, chosen.webhook, chosen.on_drift)), str(bundle.folder))

    def hear(report: WatchReport) -> None:
        print(as_json(report) if chosen.json else brief(report, stream.rows), flush=True)
        warn(herald.hear(report))

    with suppress(KeyboardInterrupt):  # the usual end
        follow(Counter(bundle, stream), coming(chosen.file), Pace(chosen.every, chosen.seconds, chosen.stop), hear)
    tell(ended(stream.rows, stream.counts.alarms, chosen.quiet))
    return int(bool(stream.counts.alarms))
