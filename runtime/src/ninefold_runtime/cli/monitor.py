"""``monitor``: what a service, or batches that were watched, have counted so far."""

from __future__ import annotations

import argparse
from pathlib import Path

from ninefold_runtime.cli.said import Commands, as_json


def add(commands: Commands) -> None:
    parser = commands.add_parser("monitor", help="what has been counted so far? exit 1 if drifted or worse")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--history", metavar="URL|FILE", help="SQLite file or URL; else the file beside the bundle")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.set_defaults(does=_monitor)


def _monitor(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.history import History
    from ninefold_runtime.monitor.places import existing, history_of
    from ninefold_runtime.monitor.shown import lines, shown

    told = shown(read_bundle(chosen.bundle), History(existing(chosen.history or history_of(chosen.bundle))))
    print(as_json(told) if chosen.json else "\n".join(lines(told)))
    return int(told.told.serious)
