"""Compare new rows with what the bundle remembers of training: a batch of any size, in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.monitor.counter import Counter
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.monitor.stream import Stream

Columns = Mapping[str, Sequence[object]]


def watch_table(bundle: Bundle, columns: Columns) -> WatchReport:
    """`watch` for a table as it came, column by column."""
    return watch(bundle, [columns])


def watch(bundle: Bundle, chunks: Iterable[Columns]) -> WatchReport:
    """Tables of the same columns, one after the other, against the bundle's sketches.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches. TableError: NF-R204 when there is no row.
    """
    counter = Counter(bundle, Stream(bundle))
    for columns in chunks:
        counter.add(columns)
    return counter.report()
