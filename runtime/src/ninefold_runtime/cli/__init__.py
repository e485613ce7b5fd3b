"""``ninefold-runtime predict | generate | explain | serve | promote | rollback | watch | monitor``: one file each.

Answers go to stdout, everything else to stderr.

Exit codes: 0 done, 1 drifted, 2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ninefold_runtime.cli import explain, generate, monitor, predict, promote, rollback, serve, watch
from ninefold_runtime.cli.said import tell
from ninefold_runtime.errors import BundleFault

_COMMANDS = (predict, generate, explain, serve, promote, rollback, watch, monitor)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.does(chosen)
    except BundleFault as fault:
        hint = f" ({fault.hint})" if fault.hint else ""
        tell(f"error: {fault.code}: {fault.message}{hint}".replace("\n", " "))
        return fault.exit_code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough; keep Python's last flush quiet
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        tell(f"error: {error}")
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ninefold-runtime", description="Predict, explain, serve and watch with a bundle."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return parser
