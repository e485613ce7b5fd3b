"""Watch rows while they come: a report now and then, an alarm at once."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor.counter import Counter
from ninefold_runtime.monitor.growing import growing, whole_rows
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.rows import first_end
from ninefold_runtime.table import JSON_LINES, csv_chunks, json_lines

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Pace:
    """A report after so many ``rows`` or ``seconds``, whichever comes first, if rows have come at all; with ``stop``
    the end at the first alarm."""

    rows: int = 1000
    seconds: float = 60.0
    stop: bool = False


def follow(counter: Counter, tables: Iterator[Columns], pace: Pace, tell: Callable[[WatchReport], None]) -> None:
    """Count tables as they come, until they end or an alarm stops it; ``tell`` hears of the rows since it last did."""
    stream, begun, alarms = counter.stream, time.monotonic(), 0
    for columns in tables:
        counter.add(columns)
        held = stream.counts
        fresh = len(held.alarms) > alarms
        if held.rows and (fresh or held.rows >= pace.rows or time.monotonic() - begun >= pace.seconds):
            tell(counter.report())
            stream.turn()
            begun, alarms = time.monotonic(), len(held.alarms)
        if alarms and pace.stop:
            return
    if stream.counts.rows:
        tell(counter.report())
        stream.turn()


def refuse_beside_follow(**options: str | None) -> None:
    """Raises MonitorError (NF-R512) where options of batches were given, which following would pass over in silence."""
    if given := [f"--{name}" for name, value in options.items() if value is not None]:
        hint = "labels, groups and the history are of batches: leave --follow out"
        raise MonitorError("NF-R512", f"--follow does not go with {', '.join(given)}", hint=hint)


def coming(path: Path) -> Iterator[Columns]:
    """The rows of a growing CSV or JSON Lines file, ``-`` for CSV from stdin, as they come; {} when none has.

    Raises:
        TableError: NF-R205 the file, NF-R206 its text, NF-R207 its lines.
    """
    if path.suffix in JSON_LINES:
        yield from (json_lines(text) for text in whole_rows(growing(path), quoted=False))
        return
    header = ""
    for text in whole_rows(growing(path), quoted=True):
        header = header or _first_row(text)
        rows = text.removeprefix(header)
        yield next(csv_chunks(io.StringIO(header + rows, newline=""), None)) if rows else {}


def _first_row(text: str) -> str:
    data = text.encode()
    return data[: first_end(data, b'"')].decode()
