"""``promote``: let a name be served by another bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from ninefold_runtime.cli.said import Commands, tell


def add(commands: Commands) -> None:
    parser = commands.add_parser("promote", help="let a name be served by another bundle")
    parser.add_argument("models", type=Path, help="file of names and bundles: models.json")
    parser.add_argument("bundle", metavar="NAME=BUNDLE")
    parser.set_defaults(does=_promote)


def _promote(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.serving.pointer import promote
    from ninefold_runtime.serving.wishes import named_strictly

    name, bundle = named_strictly(chosen.bundle)
    tell(promote(chosen.models, name, Path(bundle)).told(name))
    return 0
