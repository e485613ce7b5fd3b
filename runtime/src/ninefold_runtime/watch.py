"""Compare a batch of new rows with what the bundle remembers of training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from numpy.typing import NDArray

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.intake import wired
from ninefold_runtime.model import Model
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.monitor.stream import Stream

Array = NDArray[Any]


def watch_table(bundle: Bundle, columns: Mapping[str, Sequence[object]]) -> WatchReport:
    """`watch` for a table as it came, column by column."""
    arrays, _, notes = wired(bundle.schema, columns)
    return msgspec.structs.replace(watch(bundle, [arrays]), notes=tuple(notes))


def watch(bundle: Bundle, chunks: Iterable[Mapping[str, Array]]) -> WatchReport:
    """Wired columns, one entry per row, in chunks of rows, against the bundle's sketches.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches. TableError: NF-R204 when there is no row.
    """
    stream = Stream(bundle)
    asked = bool(bundle.sketches and bundle.sketches.scores)
    model = Model(bundle.graph, bundle.schema) if asked else None
    for arrays in chunks:
        stream.add(arrays, model.predict_arrays(arrays) if model else None)
    return stream.report()
