"""Counters of the service in the Prometheus text format. One event loop writes them, so they need no lock."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from ninefold_runtime.intake import Note, Trouble

BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency histogram, seconds."""
MOST_COLUMNS = 50
OTHER = "(others)"
_TROUBLES: tuple[tuple[Trouble, str, str], ...] = (
    ("unseen category", "unseen", "Rows with a category that training never met."),
    ("out of range", "out_of_range", "Rows with a number beyond those of training."),
    ("missing column", "missing_column", "Rows of requests that lacked the column."),
)


class Traffic:
    """What the service answered, whichever model did. ``path`` is a template, never what a client wrote."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._rejected: Counter[str] = Counter()

    def answered(self, path: str, status: int) -> None:
        self._requests[path, status] += 1

    def rejected(self, reason: str) -> None:
        self._rejected[reason] += 1

    def lines(self, inflight: int) -> Iterable[str]:
        yield from head("ninefold_requests_total", "counter", "Requests answered, by path and status.")
        for (path, status), count in sorted(self._requests.items()):
            yield f'ninefold_requests_total{{path="{path}",code="{status}"}} {count}'
        yield from head("ninefold_rejected_total", "counter", "Requests refused, by the code or title of the problem.")
        for reason, count in sorted(self._rejected.items()):
            yield f'ninefold_rejected_total{{reason="{reason}"}} {count}'
        yield from head("ninefold_inflight", "gauge", "Requests under way, this one included.")
        yield f"ninefold_inflight {inflight}"


class Telemetry:
    """What one model predicted. Columns that the schema does not know never become labels: they are refused before;
    of those that it knows the first `MOST_COLUMNS` have labels of their own."""

    def __init__(self, model: str, digest: str, columns: Iterable[str] = ()) -> None:
        self._model = f'model="{_escaped(model)}"'
        self._digest = digest
        self._named = frozenset(list(columns)[:MOST_COLUMNS])
        self._notes: Counter[tuple[str, str]] = Counter()
        self._rows = 0
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def predicted(self, rows: int, seconds: float, notes: Iterable[Note]) -> None:
        """``seconds`` from the whole body to the encoded answer."""
        self._rows += rows
        self._seconds += seconds
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        for note in notes:
            self._notes[note.kind, note.column if note.column in self._named else OTHER] += note.rows

    def lines(self) -> Iterable[str]:
        yield from head("ninefold_model_info", "gauge", "The graph being served.")
        yield f'ninefold_model_info{{{self._model},sha256="{self._digest}"}} 1'
        yield from head("ninefold_rows_total", "counter", "Rows predicted.")
        yield f"ninefold_rows_total{{{self._model}}} {self._rows}"
        for kind, name, text in _TROUBLES:
            yield from head(f"ninefold_{name}_total", "counter", text)
            for (noted, column), count in sorted(self._notes.items()):
                if noted == kind:
                    yield f'ninefold_{name}_total{{{self._model},column="{_escaped(column)}"}} {count}'
        yield from self._histogram()

    def watched(self, errors: int, unseen: int) -> Iterable[str]:
        """How the observer fares."""
        yield from head("ninefold_monitor_errors_total", "counter", "Failures of the monitor; predictions went on.")
        yield f"ninefold_monitor_errors_total{{{self._model}}} {errors}"
        yield from head("ninefold_monitor_unseen_total", "counter", "Rows the monitor was too slow to see.")
        yield f"ninefold_monitor_unseen_total{{{self._model}}} {unseen}"

    def _histogram(self) -> Iterable[str]:
        name = "ninefold_request_seconds"
        yield from head(name, "histogram", "Seconds from the whole request body to the encoded answer.")
        total = 0
        for bound, count in zip((*BOUNDS, "+Inf"), self._buckets, strict=True):
            total += count
            yield f'{name}_bucket{{{self._model},le="{bound}"}} {total}'
        yield f"{name}_sum{{{self._model}}} {self._seconds:.6f}"
        yield f"{name}_count{{{self._model}}} {total}"


def exposition(lines: Iterable[str]) -> str:
    """The lines with each family in one place, under the first of its heads, as the format demands."""
    families: dict[str, list[str]] = {}
    family: list[str] = []
    for line in lines:
        if not line.startswith("# "):
            family.append(line)
            continue
        name = line.split(" ", 3)[2]
        family = families.setdefault(name, [])
        if len(family) < 2:
            family.append(line)
    return "\n".join([*(line for family in families.values() for line in family), ""])


def head(name: str, kind: str, text: str) -> tuple[str, str]:
    """The two lines that lead a family."""
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
