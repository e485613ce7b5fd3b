"""``ninefold-runtime predict | explain | serve | watch``. Answers go to stdout, everything else to stderr.

Exit codes: 0 done, 1 drifted, 2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ninefold_runtime.errors import BundleFault


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
    serve.add_argument("bundle", type=Path)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--token", help="asked of every request; needed for hosts that others can reach")
    serve.set_defaults(does=_serve)
    watch = commands.add_parser("watch", help="has the data drifted? exit 1 if so")
    watch.add_argument("bundle", type=Path)
    watch.add_argument("file", type=Path, help="CSV or JSON Lines, also .gz")
    watch.add_argument("--json", action="store_true", help="one JSON object instead of text")
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

    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    serve(chosen.bundle, chosen.host, chosen.port, chosen.token, tell, chosen.trust)
    return 0


def _watch(chosen: argparse.Namespace) -> int:
    import msgspec

    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.table import read_table
    from ninefold_runtime.watch import lines, watch_table

    report = watch_table(read_bundle(chosen.bundle, chosen.trust), read_table(chosen.file))
    for note in report.notes:
        print(f"warning: {note.message}", file=sys.stderr)
    print(msgspec.json.encode(report).decode() if chosen.json else "\n".join(lines(report)))
    return int(report.drifted)


if __name__ == "__main__":
    sys.exit(main())
