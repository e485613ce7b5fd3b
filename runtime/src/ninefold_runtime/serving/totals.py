"""Counters of all workers together: each writes its own to a file every second, and who is asked adds them up.

Files of workers that have ended stay until the service does: their counts happened, and a sum that fell would look
like a restart to Prometheus. Gauges are of those alone that still write.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 1.0
"""Seconds between two writings."""
_ALIVE = 5 * EVERY
_SUMMED = {"counter", "histogram"}
_INFLIGHT = "ninefold_inflight"
"""The one gauge that adds up; of the others the largest counts."""


@dataclass
class _Family:
    head: list[str]
    kind: str
    samples: dict[str, float] = field(default_factory=dict)


class Totals:
    """``folder`` is one that the workers of a service share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / f"{time.time_ns()}-{os.getpid()}.prom"

    def publish(self, text: str) -> None:
        """Let the others see the counters of this worker. Raises OSError."""
        partial = self._own.with_suffix(".partial")
        partial.write_text(text, "utf-8")
        partial.replace(self._own)

    def together(self, text: str) -> str:
        """This worker's counters, which are ``text``, and those of the others."""
        families: dict[str, _Family] = {}
        _add(families, text, alive=True)
        for file in sorted(self._folder.glob("*.prom")):
            if file != self._own:
                _add(families, file.read_text("utf-8"), alive=time.time() - file.stat().st_mtime < _ALIVE)
        return "\n".join([*(line for family in families.values() for line in _lines(family)), ""])


def _add(families: dict[str, _Family], text: str, *, alive: bool) -> None:
    family = _Family([], "")
    for line in text.splitlines():
        if line.startswith("# "):
            _, what, name, rest = line.split(" ", 3)
            family = families.setdefault(name, _Family([], ""))
            if what == "TYPE":
                family.kind = rest
            if len(family.head) < 2:
                family.head.append(line)
            continue
        sample, _, value = line.rpartition(" ")
        known = family.samples.get(sample, 0.0)
        if family.kind in _SUMMED or (alive and sample == _INFLIGHT):
            family.samples[sample] = known + float(value)
        elif alive:
            family.samples[sample] = max(known, float(value)) if sample in family.samples else float(value)


def _lines(family: _Family) -> Iterable[str]:
    if family.samples:
        yield from family.head
    for sample, value in family.samples.items():
        yield f"{sample} {int(value) if value.is_integer() else repr(value)}"
