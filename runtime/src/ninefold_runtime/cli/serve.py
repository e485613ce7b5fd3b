"""``serve``: bundles over HTTP."""

from __future__ import annotations

import argparse
import os

from ninefold_runtime.cli.said import Commands, tell, trusting
from ninefold_runtime.monitor.words import COMMAND_HELP, MONITOR_HELP, WEBHOOK_HELP


def add(commands: Commands) -> None:
    parser = commands.add_parser("serve", help="answer over HTTP")
    parser.add_argument("bundles", nargs="+", metavar="[NAME=]BUNDLE", help="or a file that promote writes")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--token",
        default=os.environ.get("NINEFOLD_TOKEN"),
        help="asked of every request, $NINEFOLD_TOKEN if left out (ps hides it); needed where others reach the host",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that answer")
    parser.add_argument("--challenger", action="append", default=[], metavar="[NAME=]BUNDLE", help="answers some rows")
    parser.add_argument("--share", type=float, default=0.1, help="of the rows, that the challenger answers")
    parser.add_argument("--shadow", action="append", default=[], metavar="[NAME=]BUNDLE", help="is asked in silence")
    parser.add_argument("--reload", action="store_true", help="serve anew when a bundle changes")
    parser.add_argument("--grace", type=float, default=25.0, help="seconds that requests under way have at the end")
    parser.add_argument("--lame-duck", type=float, default=0.0, help="seconds of answering while saying not ready")
    parser.add_argument("--monitor", metavar="URL|FILE|off", help=MONITOR_HELP)
    parser.add_argument("--webhook", metavar="URL", help=WEBHOOK_HELP)
    parser.add_argument("--on-drift", metavar="COMMAND", help=COMMAND_HELP)
    trusting(parser)
    parser.set_defaults(does=_serve)


def _serve(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.monitor.wish import wish
    from ninefold_runtime.serve import serve
    from ninefold_runtime.serving.plan import Settings
    from ninefold_runtime.serving.wishes import read_by

    read, watched = read_by(chosen.bundles, chosen.challenger, chosen.share, chosen.shadow)
    monitoring = wish(chosen.monitor, chosen.webhook, chosen.on_drift)
    trusted = tuple(str(key) for key in chosen.trust)
    settings = Settings(
        chosen.workers, chosen.reload, chosen.grace, chosen.lame_duck, monitoring=monitoring, trusted=trusted
    )
    serve(read, chosen.host, chosen.port, chosen.token, settings=settings, tell=tell, watched=watched)
    return 0
