"""``python -m ninefold.cli.pages FOLDER`` writes the page of every finding, and their list, into FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from ninefold.cli.findings import index, page
from ninefold.core.findings import catalogue

if __name__ == "__main__":
    every = catalogue()
    for about in every:
        (Path(sys.argv[1]) / f"{about.code}.md").write_text(page(about), encoding="utf-8")
    (Path(sys.argv[1]) / "README.md").write_text(index(every), encoding="utf-8")
