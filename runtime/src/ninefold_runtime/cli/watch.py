"""``watch``: have the rows of a file drifted, whole or while they come?"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from ninefold_runtime.cli.said import Commands, tell, trusting, warn
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
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.alerts import alerts_of
    from ninefold_runtime.monitor.batch import SPAN, Wanted
    from ninefold_runtime.monitor.follow import Pace, refuse_beside_follow
    from ninefold_runtime.monitor.watched import Voice, compare, follow_file
    from ninefold_runtime.monitor.wish import wish
    from ninefold_runtime.photos import with_files
    from ninefold_runtime.table import read_chunks, read_table

    voice = Voice(partial(print, flush=True), tell, lambda notes: warn(n.message for n in notes), warn, chosen.json)
    if chosen.follow:
        refuse_beside_follow(
            by=chosen.by, target=chosen.target, labels=chosen.labels, key=chosen.key, history=chosen.history
        )
    bundle, alerts = read_bundle(chosen.bundle, chosen.trust), alerts_of(wish(None, chosen.webhook, chosen.on_drift))
    if chosen.follow:
        pace = Pace(chosen.every, chosen.seconds, chosen.stop)
        return int(follow_file(bundle, chosen.file, pace, chosen.quiet, alerts=alerts, voice=voice))
    labels = None if chosen.labels is None else {n: list(v) for n, v in read_table(Path(chosen.labels)).items()}
    wanted = Wanted(chosen.by, chosen.target, labels, chosen.key)
    tables = (with_files(table, bundle.schema, chosen.file.parent) for table in read_chunks(chosen.file, SPAN))
    return int(compare(bundle, tables, wanted, chosen.history, alerts=alerts, voice=voice))
