"""``explain``: what made the graph answer so."""

from __future__ import annotations

import argparse
from pathlib import Path

from ninefold_runtime.cli.said import Commands, as_json, trusting, warn


def add(commands: Commands) -> None:
    parser = commands.add_parser("explain", help="why is a row of a file predicted so?")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("file", type=Path, nargs="?", help="CSV or JSON Lines, also .gz; the bundle's example if none")
    parser.add_argument("--row", type=int, default=1, help="which row of the file, from 1")
    parser.add_argument("--method", help="shap where nothing is said, words of answers in words")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the method")
    parser.add_argument("--output", help="which output; the positive or likeliest class if left out")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    trusting(parser)
    parser.set_defaults(does=_explain)


def _explain(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.explain.asking import usual
    from ninefold_runtime.explain.question import Question, row_of
    from ninefold_runtime.explain.settings import parsed
    from ninefold_runtime.explain.single import explain_one
    from ninefold_runtime.explain.told import lines
    from ninefold_runtime.folding import folded
    from ninefold_runtime.photos import with_files
    from ninefold_runtime.table import read_table

    bundle, row = read_bundle(chosen.bundle, chosen.trust), None
    if chosen.file is not None:
        table = folded(bundle.schema, with_files(read_table(chosen.file), bundle.schema, chosen.file.parent))
        row = row_of(table, chosen.row)
    outputs = (chosen.output,) if chosen.output else ()
    method = chosen.method or usual(bundle.schema.target.task)
    question = Question(method, outputs, settings=parsed(method, chosen.set))
    made = explain_one(bundle, row, question)
    warn(note.message for note in made.notes)
    told = lines(made.explanation, made.account)
    print(as_json(made.explanation) if chosen.json else "\n".join(told))
    return 0
