"""All that the monitor counts of a window of time: new rows, what was said of them, labels that came, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.bundle import SKETCHES, Bundle
from ninefold_runtime.errors import MonitorError
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.groups import parts_of
from ninefold_runtime.monitor.outcomes import Outcomes, of_plain, outcomes
from ninefold_runtime.monitor.stream import Stream, sketches_of
from ninefold_runtime.sketch import Grouped

Array = NDArray[Any]


class _Kept(msgspec.Struct, frozen=True):
    stream: msgspec.Raw
    said: dict[str, Any] | None = None
    labelled: dict[str, Any] | None = None
    groups: dict[str, msgspec.Raw] = {}


class Counted:
    """Counts for one thread at a time. ``by``: the column whose groups are counted apart, too.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches. MonitorError: NF-R505 when it knows no groups of ``by``.
    """

    def __init__(self, bundle: Bundle, by: str | None = None) -> None:
        self.bundle = bundle
        self.performance = sketches_of(bundle).performance
        self.grouped = grouped_by(bundle, by)
        self.stream = stream_of(bundle)
        self.said: Outcomes | None = None
        self.labelled: Outcomes | None = None
        self.groups: dict[str, Stream] = {}

    @property
    def rows(self) -> int:
        return self.stream.rows

    @property
    def labels(self) -> int:
        return 0 if self.labelled is None else self.labelled.rows

    @property
    def empty(self) -> bool:
        return not self.rows and self.labelled is None

    def add(self, arrays: Mapping[str, Array], made: Predictions, by: Array | None = None) -> None:
        """Wired columns [N] and what was said of them. ``by``: the wired column of the groups, where it is no input."""
        self.stream.add(arrays, made)
        if self.performance is not None:
            self.said = _sum(self.said, outcomes(self.bundle.schema.target, self.performance, made))
        if self.grouped is not None:
            values = arrays[self.grouped.column.name] if by is None else by
            for name, inside in parts_of(self.grouped, values):
                self.group(name).add({column: array[inside] for column, array in arrays.items()}, taken(made, inside))

    def add_labels(self, made: Predictions, truth: Array) -> None:
        """Labels (str) or values (float64), [N], and what had been said of these rows."""
        if self.performance is not None and len(truth):
            counts = outcomes(self.bundle.schema.target, self.performance, made, truth)
            self.labelled = _sum(self.labelled, counts)

    def group(self, name: str) -> Stream:
        """The stream of a group, against that group's own training rows."""
        if name not in self.groups:
            assert self.grouped is not None
            self.groups[name] = stream_of(replace(self.bundle, sketches=self.grouped.parts[name]))
        return self.groups[name]

    def merge(self, other: Counted) -> None:
        self.stream.merge(other.stream)
        self.said = _sum(self.said, other.said)
        self.labelled = _sum(self.labelled, other.labelled)
        for name, stream in other.groups.items():
            if self.grouped is not None and name in self.grouped.parts:
                self.group(name).merge(stream)

    def encode(self) -> bytes:
        kept = _Kept(
            msgspec.Raw(self.stream.encode()),
            None if self.said is None else self.said.plain(),
            None if self.labelled is None else self.labelled.plain(),
            {name: msgspec.Raw(stream.encode()) for name, stream in self.groups.items()},
        )
        return msgspec.json.encode(kept)

    def decode(self, data: bytes) -> None:
        """Go on from what `encode` gave.

        Raises:
            MonitorError: NF-R504 when it did not. BundleError: NF-R121 when it is of another bundle.
        """
        try:
            kept = msgspec.json.decode(data, type=_Kept)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            hint = "a damaged or foreign history: give another one"
            raise MonitorError("NF-R504", f"the history's counts cannot be read: {error}", hint=hint) from error
        self.stream.decode(bytes(kept.stream))
        self.said = None if kept.said is None else of_plain(kept.said)
        self.labelled = None if kept.labelled is None else of_plain(kept.labelled)
        for name, stream in kept.groups.items():
            if self.grouped is not None and name in self.grouped.parts:
                self.group(name).decode(bytes(stream))


def digest_of(bundle: Bundle) -> str:
    """What counts are kept under: counts of one bundle's cells mean nothing in another's.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches.
    """
    sketches_of(bundle)
    return bundle.manifest.files[SKETCHES].sha256


def stream_of(bundle: Bundle, quiet: int | None = None) -> Stream:
    """A stream that knows what matters to the model; see `Stream` for ``quiet``."""
    return Stream(bundle, weights=sketches_of(bundle).weights, quiet=quiet)


def grouped_by(bundle: Bundle, by: str | None) -> Grouped | None:
    """The groups of a column; of the first that the bundle has where ``by`` is None, none where it has none.

    Raises:
        MonitorError: NF-R505 when it knows no groups of ``by``.
    """
    known = sketches_of(bundle).groups
    if by is None:
        return next((each for each in known if each.column.name in bundle.schema.names), None)
    for each in known:
        if each.column.name == by:
            return each
    there = ", ".join(each.column.name for each in known)
    hint = f"it knows those of: {there}" if there else "name the column with --sensitive when training"
    hint += "; a group is remembered where it had 200 rows"
    raise MonitorError("NF-R505", f'the bundle remembers no groups of "{by}"', hint=hint)


BESIDE = ("probabilities", "scores", "said", "scaled", "spread")
"""What stands beside predictions, row for row, where a task has it."""


def taken(made: Predictions, rows: Array) -> Predictions:
    """The predictions of some rows."""
    beside: dict[str, Any] = {name: array[rows] for name in BESIDE if (array := getattr(made, name)) is not None}
    return replace(made, predictions=made.predictions[rows], notes=(), **beside)


def joined(parts: list[Predictions]) -> Predictions:
    """Predictions one after the other."""
    first = parts[0]

    def column(arrays: list[Array | None]) -> Array | None:
        there = [array for array in arrays if array is not None]
        return np.concatenate(there) if len(there) == len(arrays) else None

    said = np.concatenate([part.predictions for part in parts])
    beside: dict[str, Any] = {name: column([getattr(part, name) for part in parts]) for name in BESIDE}
    return replace(first, predictions=said, notes=(), **beside)


def _sum(one: Outcomes | None, other: Outcomes | None) -> Outcomes | None:
    if one is None or other is None:
        return one or other
    return one.plus(other)
