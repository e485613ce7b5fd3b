"""Run one target of `bench/networks/`: ``bench/networks.py TARGET …``; ``--help`` after its name tells its options."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

TARGETS = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).with_suffix(""))]) if m.name[0] != "_")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in TARGETS:
        print(f"choose from: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    code: int = import_module(f"networks.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
