"""``ninefold-runtime predict | explain | serve | promote | rollback | watch``.

Answers go to stdout, everything else to stderr.

Exit codes: 0 done, 1 drifted, 2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ninefold_runtime.errors import BundleFault
from ninefold_runtime.monitor import options as watching

if TYPE_CHECKING:
    from ninefold_runtime.bundle import Bundle


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.does(chosen)
    except BundleFault as fault:
        hint = f" ({fault.hint})" if fault.hint else ""
        print(f"error: {fault.code}: {fault.message}{hint}".replace("\n", " "), file=sys.stderr)
        return fault.exit_code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough; keep Python's last flush quiet
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ninefold-runtime", description="Predict, explain, serve and watch with a bundle."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    predict = commands.add_parser("predict", help="predict each row of a file")
    predict.add_argument("bundle", type=Path)
    predict.add_argument("file", type=Path, help="CSV or JSON Lines, also .gz")
    predict.add_argument("--output", type=Path, help="write CSV here and not to stdout")
    predict.add_argument("--level", type=float, help="add intervals, or sets of classes, of this level: 0.8, 0.9, 0.95")
    predict.set_defaults(does=_predict)
    explain = commands.add_parser("explain", help="why is a row of a file predicted so?")
    explain.add_argument("bundle", type=Path)
    explain.add_argument("file", type=Path, nargs="?", help="CSV or JSON Lines, also .gz; the bundle's example if none")
    explain.add_argument("--row", type=int, default=1, help="which row of the file, from 1")
    explain.add_argument("--method", default="shap")
    explain.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the method")
    explain.add_argument("--output", help="which output; the positive or likeliest class if left out")
    explain.add_argument("--json", action="store_true", help="one JSON object instead of text")
    explain.set_defaults(does=_explain)
    serve = commands.add_parser("serve", help="answer over HTTP")
    serve.add_argument("bundles", nargs="+", metavar="[NAME=]BUNDLE", help="or a file that promote writes")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--token",
        default=os.environ.get("NINEFOLD_TOKEN"),
        help="asked of every request, $NINEFOLD_TOKEN if left out (ps hides it); needed where others reach the host",
    )
    serve.add_argument("--workers", type=int, default=1, help="processes that answer")
    serve.add_argument("--challenger", action="append", default=[], metavar="[NAME=]BUNDLE", help="answers some rows")
    serve.add_argument("--share", type=float, default=0.1, help="of the rows, that the challenger answers")
    serve.add_argument("--shadow", action="append", default=[], metavar="[NAME=]BUNDLE", help="is asked in silence")
    serve.add_argument("--reload", action="store_true", help="serve anew when a bundle changes")
    serve.add_argument("--grace", type=float, default=25.0, help="seconds that requests under way have at the end")
    serve.add_argument("--lame-duck", type=float, default=0.0, help="seconds of answering while saying not ready")
    watching.serve_options(serve)
    serve.set_defaults(does=_serve)
    promote = commands.add_parser("promote", help="let a name be served by another bundle")
    promote.add_argument("models", type=Path, help="file of names and bundles: models.json")
    promote.add_argument("bundle", metavar="NAME=BUNDLE")
    promote.set_defaults(does=_promote)
    rollback = commands.add_parser("rollback", help="let a name be served by the bundle before")
    rollback.add_argument("models", type=Path, help="file of names and bundles: models.json")
    rollback.add_argument("name", nargs="?", default="", help="may be left out where there is one alone")
    rollback.set_defaults(does=_rollback)
    watch = commands.add_parser("watch", help="has the data drifted? exit 1 if so")
    watch.add_argument("bundle", type=Path)
    watch.add_argument("file", type=Path, help="CSV or JSON Lines, also .gz; with --follow - is CSV from stdin")
    watch.add_argument("--json", action="store_true", help="JSON instead of text: one object, or a line per report")
    watch.add_argument("--follow", action="store_true", help="go on reading while FILE grows, and say when it drifts")
    watch.add_argument("--every", type=int, default=1000, metavar="ROWS", help="a report each so many rows")
    watch.add_argument("--seconds", type=float, default=60.0, help="or each so many seconds")
    watch.add_argument("--stop", action="store_true", help="end at the first alarm")
    watch.add_argument("--quiet", type=int, default=100_000, metavar="ROWS", help="rows between two false alarms")
    watching.watch_options(watch, commands)
    watch.set_defaults(does=_watch)
    for command in (predict, explain, serve, watch):
        trust = "refuse a bundle that none of these keys has signed"
        command.add_argument("--trust", type=Path, action="append", default=[], metavar="KEY.pub", help=trust)
    return parser


def _predict(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.beside import beside
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.files import write_whole
    from ninefold_runtime.model import Model
    from ninefold_runtime.table import read_table
    from ninefold_runtime.write import as_csv

    bundle = read_bundle(chosen.bundle, chosen.trust)
    made = Model(bundle.graph, bundle.schema).predict(read_table(chosen.file))
    text = as_csv(made, None if chosen.level is None else beside(made, bundle.conformal, chosen.level))
    for note in made.notes:
        print(f"warning: {note.message}", file=sys.stderr)
    if chosen.output is None:
        sys.stdout.write(text)
    else:
        write_whole(chosen.output, text.encode())
    return 0


def _explain(chosen: argparse.Namespace) -> int:
    import msgspec

    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.explain.question import Question, row_of
    from ninefold_runtime.explain.settings import parsed
    from ninefold_runtime.explain.single import explain_one
    from ninefold_runtime.explain.told import lines
    from ninefold_runtime.table import read_table

    row = None if chosen.file is None else row_of(read_table(chosen.file), chosen.row)
    outputs = (chosen.output,) if chosen.output else ()
    question = Question(chosen.method, outputs, settings=parsed(chosen.method, chosen.set))
    made = explain_one(read_bundle(chosen.bundle, chosen.trust), row, question)
    for note in made.notes:
        print(f"warning: {note.message}", file=sys.stderr)
    told = lines(made.explanation, made.account)
    print(msgspec.json.encode(made.explanation).decode() if chosen.json else "\n".join(told))
    return 0


def _serve(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.serve import serve
    from ninefold_runtime.serving.plan import Settings
    from ninefold_runtime.serving.wishes import read_by

    read, watched = read_by(chosen.bundles, chosen.challenger, chosen.share, chosen.shadow)
    wish = watching.monitoring(chosen)
    trusted = tuple(str(key) for key in chosen.trust)
    settings = Settings(chosen.workers, chosen.reload, chosen.grace, chosen.lame_duck, monitoring=wish, trusted=trusted)
    serve(read, chosen.host, chosen.port, chosen.token, settings=settings, tell=_tell, watched=watched)
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _promote(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.serving.pointer import promote
    from ninefold_runtime.serving.wishes import named_strictly

    name, bundle = named_strictly(chosen.bundle)
    _tell(promote(chosen.models, name, Path(bundle)).told(name))
    return 0


def _rollback(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.serving.pointer import rollback

    name, entry = rollback(chosen.models, chosen.name)
    _tell(entry.told(name))
    return 0


def _watch(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle

    if chosen.follow:
        return _follow(chosen, read_bundle(chosen.bundle, chosen.trust))
    from ninefold_runtime.monitor.command import watch

    return watch(chosen, _Progress().rows)


def _follow(chosen: argparse.Namespace, bundle: Bundle) -> int:
    from ninefold_runtime.monitor.counter import Counter
    from ninefold_runtime.monitor.follow import Pace, coming, follow, refuse_beside_follow
    from ninefold_runtime.monitor.herald import Herald
    from ninefold_runtime.monitor.report import WatchReport, brief, ended
    from ninefold_runtime.monitor.stream import Stream
    from ninefold_runtime.monitor.wish import wish

    refuse_beside_follow(
        by=chosen.by, target=chosen.target, labels=chosen.labels, key=chosen.key, history=chosen.history
    )
    stream = Stream(bundle, quiet=chosen.quiet)
    herald = Herald(wish(None, chosen.webhook, chosen.on_drift), str(bundle.folder))

    def tell(report: WatchReport) -> None:
        print(_json(report) if chosen.json else brief(report, stream.rows), flush=True)
        for failed in herald.hear(report):
            print(f"warning: {failed}", file=sys.stderr)

    with suppress(KeyboardInterrupt):  # the usual end
        follow(Counter(bundle, stream), coming(chosen.file), Pace(chosen.every, chosen.seconds, chosen.stop), tell)
    print(ended(stream.rows, stream.counts.alarms, chosen.quiet), file=sys.stderr)
    return int(bool(stream.counts.alarms))


def _json(report: object) -> str:
    import msgspec

    return msgspec.json.encode(report).decode()


class _Progress:
    """Rows read, on stderr, each second."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def rows(self, rows: int) -> None:
        if time.monotonic() - self._told > 1:
            self._told = time.monotonic()
            print(f"{rows:,} rows …", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
