"""New rows of a bundle, counted chunk by chunk next to what it remembers of training.

A `Stream` keeps counts and never a row; two streams over the same bundle add up, so that workers count apart and one
place tells. With ``quiet`` it also tests at every look, so that an alarm is rare over all looks together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import drift
from ninefold_runtime.aspects import all_aspects, with_aspects
from ninefold_runtime.bundle import SKETCHES, Bundle
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.counts import CHANCES, Counts
from ninefold_runtime.monitor.lookout import Kept, Lookout, Seen
from ninefold_runtime.monitor.recent import LOT
from ninefold_runtime.monitor.report import WatchReport, alarming, sentence
from ninefold_runtime.monitor.scores import confidence, score_cells
from ninefold_runtime.sketch import Levels, Sketches
from ninefold_runtime.tally import Key, Tally, Watched, moments_of
from ninefold_runtime.wire import Coded

Array = NDArray[Any]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A stream as it is written: ``turn`` are the counts since the last `Stream.turn`."""

    whole: int
    turn: Counts
    guards: tuple[Kept, ...] = ()


class Stream:
    """Counts of new rows, for one thread at a time.

    ``weights``: how much the model leans on each column, as a share of all; told beside the effects. ``quiet``: test
    at every look, with so many rows from one false alarm to the next (`monitor.lookout.QUIET` is a good number); None:
    what is counted is one batch.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches.
    """

    def __init__(self, bundle: Bundle, *, weights: Mapping[str, float] | None = None, quiet: int | None = None) -> None:
        self._sketches = sketches_of(bundle)
        self._target = bundle.schema.target
        self._inputs = bundle.schema.columns
        inputs = all_aspects(self._inputs)
        self._columns = [Watched.of(column, self._sketches.columns[column.name]) for column in inputs]
        self._classes = {str(place): name for place, name in enumerate(self._target.classes)}
        known = frozenset(self._classes)
        self._scores = [Watched(name, sketch, known, score=True) for name, sketch in self._sketches.scores.items()]
        self._weights = dict(weights or {})
        self._quiet, self._rows = quiet, 0
        self._empty = Counts(reference=bundle.manifest.files[SKETCHES].sha256)
        self._counts = self._empty
        self._lookout = None if quiet is None else Lookout(self._guarded(), quiet)

    def _guarded(self) -> list[Watched]:
        """Guards hold training rows to be like new ones: true of scores only where the served graph gave them."""
        return [*self._columns, *(self._scores if self._sketches.scores_of_graph else ())]

    @property
    def asks(self) -> bool:
        """Whether predictions are compared: without them `add` counts the columns alone."""
        return bool(self._scores)

    @property
    def rows(self) -> int:
        """All rows counted, before the last `turn` too."""
        return self._rows

    @property
    def counts(self) -> Counts:
        """What has been counted since the last `turn`."""
        return self._counts

    def add(
        self,
        arrays: Mapping[str, Array],
        predictions: Predictions | None = None,
        coded: Mapping[str, Coded] | None = None,
    ) -> None:
        """Count wired columns, [N] each, and what the graph said of these rows; ``coded`` are columns once more as they
        came, where they came so. Some hundred rows at a time are best: a call costs about as much as that many rows."""
        read = {} if predictions is None else predictions.read
        arrays = {**arrays, **read}
        rows = len(next(iter(arrays.values()), ()))
        said = score_cells(self._target, predictions) if predictions is not None and self._scores else {}
        sure = self._confidence(predictions) if predictions is not None else np.empty(0)
        step = LOT if self._lookout else max(1, rows)
        for start in range(0, rows, step):
            part = slice(start, start + step)
            columns = with_aspects(self._inputs, {name: array[part] for name, array in arrays.items()})
            codes = {name: column[part] for name, column in (coded or {}).items() if name not in read}
            self._count(columns, codes, {name: array[part] for name, array in said.items()}, sure[part])

    def _confidence(self, made: Predictions) -> Array:
        watched = self._sketches.expected is not None and made.probabilities is not None
        return confidence(made) if watched else np.empty(0)

    def _count(
        self, arrays: Mapping[str, Array], coded: Mapping[str, Coded], said: Mapping[str, Array], sure: Array
    ) -> None:
        columns, seen = _tallied(self._columns, arrays, coded)
        scores, heard = _tallied(self._scores if said else [], said, {})
        bins = np.minimum(sure * CHANCES, CHANCES - 1).astype(np.intp)
        more = msgspec.structs.replace(
            self._empty,
            rows=len(next(iter(arrays.values()))),
            columns=columns,
            scores=scores,
            confidence=moments_of(sure),
            chances=tuple(np.bincount(bins, minlength=CHANCES).tolist()),
        )
        if self._lookout:
            more = msgspec.structs.replace(more, alarms=self._lookout.look(seen | heard, more))
        self._rows += more.rows
        self._counts += more

    def merge(self, other: Stream) -> None:
        """Add what another stream over the same bundle has counted since its last turn, and its alarms. Evidence that
        has not yet led to an alarm stays where it was found.

        Raises:
            BundleError: NF-R121 when it has counted over other cells.
        """
        self._counts += self._same(other.counts)
        self._rows += other.counts.rows

    def _same(self, counts: Counts) -> Counts:
        if not counts.fits(self._empty):
            hint = "counts of two bundles do not add up: begin anew with this one"
            raise BundleError("NF-R121", "the counts are of another bundle or version", hint=hint)
        return counts

    def turn(self) -> None:
        """Begin the counts anew, as for the next hour or day; guards remember, and alarms stay."""
        self._counts = msgspec.structs.replace(self._empty, alarms=self._counts.alarms)

    def encode(self) -> bytes:
        """All of it as JSON; names of new levels that hardly any rows share are left out."""
        guards = self._lookout.keep() if self._lookout else ()
        return msgspec.json.encode(Stored(whole=self._rows, turn=self._counts.discreet(), guards=guards))

    def decode(self, data: bytes) -> None:
        """Go on from what `encode` gave, in place of what has been counted.

        Raises:
            BundleError: NF-R121 when these are no counts, or those of another bundle.
        """
        try:
            stored = msgspec.json.decode(data, type=Stored)
            held = self._same(stored.turn)
            if self._lookout and stored.guards:
                self._lookout.resume(stored.guards, stored.whole)
        except (msgspec.DecodeError, ValueError) as error:
            hint = "begin anew without them"
            raise BundleError("NF-R121", f"the counts cannot be read: {error}", hint=hint) from error
        self._counts, self._rows = held, stored.whole

    def report(self) -> WatchReport:
        """The rows since the last turn, as one batch; with ``quiet`` the verdict is that of the alarms.

        Raises:
            TableError: NF-R204 when there is no row.
        """
        held, rate = self._counts, self._sketches.rate
        if not held.rows:
            hint = "give at least one row, better some hundreds"
            raise TableError("NF-R204", "there are no rows to watch", hint=hint)
        inputs = [drift.compare_tally(watched, held.columns[watched.name]) for watched in self._columns]
        scores = [self._named(drift.compare_tally(w, held.scores[w.name])) for w in self._scores if held.scores]
        if self._sketches.expected and held.confidence.rows:
            scores.append(drift.compare_accuracy(self._sketches.expected, held.confidence))
        judged = list(self._weighed(drift.corrected(inputs + scores, rate)))
        tests = sum(len(column.tests) for column in judged)
        drifted = any(column.drifted for column in judged)
        return WatchReport(
            rows=held.rows,
            reference_rows=self._sketches.rows,
            columns=tuple(judged[: len(inputs)]),
            scores=tuple(judged[len(inputs) :]),
            rate=rate,
            tests=tests,
            drifted=drifted if self._quiet is None else bool(held.alarms),
            sentence=sentence(judged, tests, rate) if self._quiet is None else alarming(held.alarms, self._quiet),
            alarms=held.alarms,
            quiet=self._quiet,
        )

    def _named(self, score: drift.ColumnDrift) -> drift.ColumnDrift:
        """With the class whose share changed most by its name: classes are counted by their places."""
        if score.moved is None:
            return score
        name = self._classes.get(score.moved.level, score.moved.level)
        return msgspec.structs.replace(score, moved=msgspec.structs.replace(score.moved, level=name))

    def _weighed(self, columns: Iterable[drift.ColumnDrift]) -> Iterable[drift.ColumnDrift]:
        for column in columns:
            yield msgspec.structs.replace(column, weight=self._weights.get(column.name))


def sketches_of(bundle: Bundle) -> Sketches:
    """What the bundle remembers of training.

    Raises:
        BundleError: NF-R109 when that is nothing, or not of these columns.
    """
    sketches = bundle.sketches
    if sketches is None or set(sketches.columns) != {each.name for each in all_aspects(bundle.schema.columns)}:
        message = f"{bundle.folder} has no sketches to compare with"
        raise BundleError("NF-R109", message, hint="make the bundle again")
    return sketches


def _tallied(
    watched: list[Watched], arrays: Mapping[str, Array], coded: Mapping[str, Coded]
) -> tuple[dict[str, Tally], dict[Key, Seen]]:
    """Each column counted, and where each of its rows fell."""
    tallies: dict[str, Tally] = {}
    seen = {}
    for each in watched:
        known = coded.get(each.name) if isinstance(each.sketch, Levels) else None
        cells = each.cells(arrays[each.name]) if known is None else each.coded_cells(known)
        tallies[each.name] = each.tally(arrays[each.name], cells)
        seen[each.key] = Seen(cells, each.outside(arrays[each.name]))
    return tallies, seen
