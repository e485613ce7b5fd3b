"""``rollback``: let a name be served by the bundle that had it before."""

from __future__ import annotations

import argparse
from pathlib import Path

from ninefold_runtime.cli.said import Commands, tell


def add(commands: Commands) -> None:
    parser = commands.add_parser("rollback", help="let a name be served by the bundle before")
    parser.add_argument("models", type=Path, help="file of names and bundles: models.json")
    parser.add_argument("name", nargs="?", default="", help="may be left out where there is one alone")
    parser.set_defaults(does=_rollback)


def _rollback(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.serving.pointer import rollback

    name, entry = rollback(chosen.models, chosen.name)
    tell(entry.told(name))
    return 0
