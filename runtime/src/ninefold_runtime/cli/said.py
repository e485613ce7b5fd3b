"""What a command says, and the option that most of them share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def trusting(parser: argparse.ArgumentParser) -> None:
    """The option ``--trust``, the last of a command."""
    trust = "refuse a bundle that none of these keys has signed"
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="KEY.pub", help=trust)


def tell(text: str) -> None:
    """A line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


def warn(texts: Iterable[str]) -> None:
    for text in texts:
        tell(f"warning: {text}")


def as_json(thing: object) -> str:
    import msgspec

    return msgspec.json.encode(thing).decode()
