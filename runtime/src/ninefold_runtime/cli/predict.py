"""``predict``: a line for each row of a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ninefold_runtime.cli.said import Commands, trusting, warn


def add(commands: Commands) -> None:
    parser = commands.add_parser("predict", help="predict each row of a file")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("file", type=Path, help="CSV, JSON Lines or plain text, also .gz, or a folder of images")
    parser.add_argument("--output", type=Path, help="write CSV here and not to stdout")
    parser.add_argument("--level", type=float, help="add intervals, or sets of classes, of this level: 0.8, 0.9, 0.95")
    trusting(parser)
    parser.set_defaults(does=_predict)


def _predict(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.ahead import as_text
    from ninefold_runtime.beside import beside
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.files import write_whole
    from ninefold_runtime.folding import folded
    from ninefold_runtime.intake import refuse_foreign
    from ninefold_runtime.loaded import model_of
    from ninefold_runtime.photos import with_files
    from ninefold_runtime.table import read_table

    bundle = read_bundle(chosen.bundle, chosen.trust)
    table = folded(bundle.schema, with_files(read_table(chosen.file), bundle.schema, chosen.file.parent))
    refuse_foreign(bundle.schema, table)
    made = model_of(bundle).predict(table)
    ends = {} if chosen.level is None else beside(made, bundle.conformal, chosen.level)
    text = as_text(bundle.schema, table, made, ends)
    warn(note.message for note in made.notes)
    if chosen.output is None:
        sys.stdout.write(text)
    else:
        write_whole(chosen.output, text.encode())
    return 0
