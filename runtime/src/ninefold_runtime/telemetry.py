"""Counters of the service in the Prometheus text format. One event loop writes them, so they need no lock."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from ninefold_runtime.intake import Note

BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency histogram, seconds."""


class Traffic:
    """What the service answered, whichever model did."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()

    def answered(self, path: str, status: int) -> None:
        self._requests[path, status] += 1

    def lines(self) -> Iterable[str]:
        yield from head("ninefold_requests_total", "counter", "Requests answered, by path and status.")
        for (path, status), count in sorted(self._requests.items()):
            yield f'ninefold_requests_total{{path="{path}",code="{status}"}} {count}'


class Telemetry:
    """What one model predicted. Columns that the schema does not know never become labels: they are refused before."""

    def __init__(self, model: str, digest: str) -> None:
        self._model = f'model="{_escaped(model)}"'
        self._digest = digest
        self._notes: Counter[tuple[str, str]] = Counter()
        self._predictions = 0
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def predicted(self, rows: int, seconds: float, notes: Iterable[Note]) -> None:
        """``seconds`` from the whole body to the encoded answer."""
        self._predictions += rows
        self._seconds += seconds
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        for note in notes:
            self._notes[note.kind, note.column] += note.rows

    def lines(self) -> Iterable[str]:
        yield from head("ninefold_model_info", "gauge", "The graph being served.")
        yield f'ninefold_model_info{{{self._model},sha256="{self._digest}"}} 1'
        yield from head("ninefold_predictions_total", "counter", "Rows predicted.")
        yield f"ninefold_predictions_total{{{self._model}}} {self._predictions}"
        for kind, name in (("unseen category", "unseen_categories"), ("missing column", "missing_columns")):
            yield from head(f"ninefold_{name}_total", "counter", f"Rows with this trouble: {kind}.")
            for (noted, column), count in sorted(self._notes.items()):
                if noted == kind:
                    yield f'ninefold_{name}_total{{{self._model},column="{_escaped(column)}"}} {count}'
        yield from self._histogram()

    def _histogram(self) -> Iterable[str]:
        name = "ninefold_prediction_seconds"
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
