"""Run one target of `bench/networks/`: ``bench/networks.py TARGET …``; ``--help`` after its name tells its options."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

PLACE = Path(__file__).with_suffix("")


def main(words: list[str]) -> int:
    """Measure one claim as a script of its own; without a name, say which there are."""
    names = sorted(path.stem for path in PLACE.glob("[a-z]*.py"))
    if not words or words[0] not in names:
        print("\n".join(names))
        return 2
    sys.argv = [f"bench/networks.py {words[0]}", *words[1:]]
    runpy.run_path(str(PLACE / f"{words[0]}.py"), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
