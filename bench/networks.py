"""Claims about networks and students: one file of bench/networks/ each, by name.

.venv/bin/python bench/networks.py distil_table --budget 60s --write
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))


def main(words: list[str]) -> int:
    """Measure one claim; without a name, say which there are."""
    names = sorted(path.stem for path in Path(__file__).with_suffix("").glob("[a-z]*.py"))
    if not words or words[0] not in names:
        print("\n".join(names))
        return 2
    return int(import_module(f"networks.{words[0]}").main(words[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
