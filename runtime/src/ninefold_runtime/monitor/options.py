"""The options of the monitor, as ``ninefold-runtime`` and ``ninefold`` have them in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ninefold_runtime.monitor.words import COMMAND_HELP, MONITOR_HELP, WEBHOOK_HELP

if TYPE_CHECKING:
    from ninefold_runtime.monitor.wish import Monitoring

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--monitor", metavar="URL|FILE|off", help=MONITOR_HELP)
    parser.add_argument("--webhook", metavar="URL", help=WEBHOOK_HELP)
    parser.add_argument("--on-drift", metavar="COMMAND", help=COMMAND_HELP)


def watch_options(parser: argparse.ArgumentParser, commands: Commands) -> None:
    """Those of ``watch``, and the command ``monitor`` beside it."""
    parser.add_argument("--by", metavar="COLUMN", help="compare groups of this column, too")
    parser.add_argument("--target", metavar="COLUMN", help="the column with the labels: score the rows, too")
    parser.add_argument("--labels", metavar="FILE", help="the labels, in a table apart")
    parser.add_argument("--key", metavar="COLUMN", help="with --labels: whose label it is; else row by row")
    parser.add_argument("--history", metavar="URL|FILE", help="write the counts down: SQLite file or postgresql:// URL")
    parser.add_argument("--webhook", metavar="URL", help=WEBHOOK_HELP)
    parser.add_argument("--on-drift", metavar="COMMAND", help=COMMAND_HELP)
    _monitor(commands)


def _monitor(commands: Commands) -> None:
    parser = commands.add_parser("monitor", help="what has been counted so far? exit 1 if drifted or worse")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--history", metavar="URL|FILE", help="SQLite file or URL; else the file beside the bundle")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.set_defaults(does=_show)


def _show(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.monitor.command import show

    return show(chosen)


def monitoring(chosen: argparse.Namespace) -> Monitoring:
    from ninefold_runtime.monitor.wish import wish

    return wish(chosen.monitor, chosen.webhook, chosen.on_drift)
