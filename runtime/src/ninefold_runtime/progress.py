"""Word of a long reading, each second."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Rows read so far, told at most once a second."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._told = tell, time.monotonic()

    def rows(self, rows: int) -> None:
        if time.monotonic() - self._told > 1:
            self._told = time.monotonic()
            self._tell(f"{rows:,} rows …")
