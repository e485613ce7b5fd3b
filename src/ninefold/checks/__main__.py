"""``python -m ninefold.checks FILE`` writes the page of learners to FILE."""

from __future__ import annotations

import sys
from pathlib import Path

from ninefold.checks._page import measured, page

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(measured()), encoding="utf-8")
