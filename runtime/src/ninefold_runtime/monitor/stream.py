"""New rows of a bundle, counted chunk by chunk next to what it remembers of training.

A `Stream` keeps counts and never a row; two streams over the same bundle add up, so that workers count apart and one
place tells. With ``quiet`` it also tests at every look, so that an alarm is rare over all looks together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import drift
from ninefold_runtime.bundle import SKETCHES, Bundle
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.report import Alarm, WatchReport, sentence
from ninefold_runtime.monitor.scores import confidence, score_cells
from ninefold_runtime.sketch import Sketches
from ninefold_runtime.tally import Moments, Tally, Watched, both, discreet, merged, moments_of

Array = NDArray[Any]
FORMAT = 1
CHANCES = 1000
"""Bins of equal width, 0 to 1, over which probabilities are counted."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a stream remembers. ``confidence`` is the probability of the label that was given, by its moments and in
    `CHANCES` bins; ``reference`` the digest of the sketches whose cells these are."""

    format: int = FORMAT
    reference: str
    rows: int = 0
    columns: dict[str, Tally] = {}
    scores: dict[str, Tally] = {}
    confidence: Moments = Moments()
    chances: tuple[int, ...] = (0,) * CHANCES
    alarms: tuple[Alarm, ...] = ()


class Stream:
    """Counts of new rows, for one thread at a time.

    ``weights``: how much the model leans on each column, as a share of all; told beside the effects.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches.
    """

    def __init__(self, bundle: Bundle, *, weights: Mapping[str, float] | None = None) -> None:
        self._sketches = sketches_of(bundle)
        self._target = bundle.schema.target
        self._columns = [Watched.of(column, self._sketches.columns[column.name]) for column in bundle.schema.columns]
        self._scores = [Watched(name, sketch) for name, sketch in self._sketches.scores.items()]
        self._weights = dict(weights or {})
        self._counts = Counts(reference=bundle.manifest.files[SKETCHES].sha256)

    @property
    def rows(self) -> int:
        return self._counts.rows

    @property
    def counts(self) -> Counts:
        return self._counts

    def add(self, arrays: Mapping[str, Array], predictions: Predictions | None = None) -> None:
        """Count wired columns, [N] each, and what the graph said of these rows. Some hundred rows at a time are best:
        a call costs about as much as that many rows."""
        rows = len(next(iter(arrays.values())))
        if rows:
            self._count(self._tallied(rows, arrays, predictions))

    def _tallied(self, rows: int, arrays: Mapping[str, Array], made: Predictions | None) -> Counts:
        columns = {watched.name: watched.tally(arrays[watched.name]) for watched in self._columns}
        counts = Counts(reference=self._counts.reference, rows=rows, columns=columns)
        if made is None or not self._scores:
            return counts
        values = score_cells(self._target, made)
        scores = {watched.name: watched.tally(values[watched.name]) for watched in self._scores}
        if self._sketches.expected is None or made.probabilities is None:
            return msgspec.structs.replace(counts, scores=scores)
        sure = confidence(made)
        bins = np.minimum(sure * CHANCES, CHANCES - 1).astype(np.intp)
        chances = tuple(np.bincount(bins, minlength=CHANCES).tolist())
        return msgspec.structs.replace(counts, scores=scores, confidence=moments_of(sure), chances=chances)

    def _count(self, more: Counts) -> None:
        held = self._counts
        self._counts = Counts(
            reference=held.reference,
            rows=held.rows + more.rows,
            columns=_added(held.columns, more.columns),
            scores=_added(held.scores, more.scores),
            confidence=both(held.confidence, more.confidence),
            chances=tuple(map(sum, zip(held.chances, more.chances, strict=True))),
            alarms=held.alarms + more.alarms,
        )

    def merge(self, other: Stream) -> None:
        """Add what another stream over the same bundle has counted.

        Raises:
            BundleError: NF-R110 when it has counted over other cells.
        """
        self._same(other.counts)
        self._count(other.counts)

    def _same(self, counts: Counts) -> None:
        if counts.format != FORMAT or counts.reference != self._counts.reference:
            hint = "counts of two bundles do not add up: begin anew with this one"
            raise BundleError("NF-R110", "the counts are of another bundle or version", hint=hint)

    def encode(self) -> bytes:
        """The counts as JSON; names of new levels that hardly any rows share are left out."""
        columns = {name: discreet(tally) for name, tally in self._counts.columns.items()}
        return msgspec.json.encode(msgspec.structs.replace(self._counts, columns=columns))

    def decode(self, data: bytes) -> None:
        """Go on from what `encode` gave, in place of what has been counted.

        Raises:
            BundleError: NF-R110 when these are no counts, or those of another bundle.
        """
        try:
            counts = msgspec.json.decode(data, type=Counts)
        except msgspec.DecodeError as error:
            hint = "begin anew without them"
            raise BundleError("NF-R110", f"the counts cannot be read: {error}", hint=hint) from error
        self._same(counts)
        self._counts = counts

    def report(self) -> WatchReport:
        """All rows counted so far, as one batch.

        Raises:
            TableError: NF-R204 when there is no row.
        """
        held, rate = self._counts, self._sketches.rate
        if not held.rows:
            hint = "give at least one row, better some hundreds"
            raise TableError("NF-R204", "there are no rows to watch", hint=hint)
        inputs = [drift.compare_tally(watched, held.columns[watched.name]) for watched in self._columns]
        scores = [drift.compare_tally(each, held.scores[each.name]) for each in self._scores if held.scores]
        if self._sketches.expected and held.confidence.rows:
            scores.append(drift.compare_accuracy(self._sketches.expected, held.confidence))
        judged = [self._weighed(column) for column in drift.corrected(inputs + scores, rate)]
        tests = sum(len(column.tests) for column in judged)
        return WatchReport(
            rows=held.rows,
            reference_rows=self._sketches.rows,
            columns=tuple(judged[: len(inputs)]),
            scores=tuple(judged[len(inputs) :]),
            rate=rate,
            tests=tests,
            drifted=any(column.drifted for column in judged),
            sentence=sentence(judged, tests, rate),
        )

    def _weighed(self, column: drift.ColumnDrift) -> drift.ColumnDrift:
        weight = self._weights.get(column.name)
        return column if weight is None else msgspec.structs.replace(column, weight=weight)


def sketches_of(bundle: Bundle) -> Sketches:
    """What the bundle remembers of training.

    Raises:
        BundleError: NF-R109 when that is nothing, or not of these columns.
    """
    sketches = bundle.sketches
    if sketches is None or set(sketches.columns) != set(bundle.schema.names):
        message = f"{bundle.folder} has no sketches to compare with"
        raise BundleError("NF-R109", message, hint="make the bundle again")
    return sketches


def _added(held: Mapping[str, Tally], more: Mapping[str, Tally]) -> dict[str, Tally]:
    """A column that only one side has counted is as that side counted it."""
    shared = {name: merged(held[name], more[name]) for name in held.keys() & more.keys()}
    return {**held, **more, **shared}
