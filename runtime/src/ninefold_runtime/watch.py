"""Compare a batch of new rows with what the bundle remembers of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import drift
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.intake import Note, wired
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.schema import Target
from ninefold_runtime.sketch import score_arrays, score_columns

Array = NDArray[Any]


class WatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """``scores`` compares the graph's predictions with out-of-fold ones; ``drifted`` is True when any entry has."""

    rows: int
    reference_rows: int
    columns: tuple[drift.ColumnDrift, ...]
    scores: tuple[drift.ColumnDrift, ...]
    rate: float
    tests: int
    drifted: bool
    sentence: str
    notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def watch_table(bundle: Bundle, columns: Mapping[str, Sequence[object]]) -> WatchReport:
    """`watch` for a table as it came, column by column."""
    arrays, _, notes = wired(bundle.schema, columns)
    return msgspec.structs.replace(watch(bundle, arrays), notes=tuple(notes))


def watch(bundle: Bundle, arrays: Mapping[str, Array]) -> WatchReport:
    """Wired columns, one entry per row, against the bundle's sketches.

    Raises:
        BundleError: NF-R109 when the bundle has no sketches. TableError: NF-R204 when there is no row.
    """
    sketches = bundle.sketches
    if sketches is None:
        raise BundleError("NF-R109", f"{bundle.folder} has no sketches to compare with", hint="make the bundle again")
    rows = len(next(iter(arrays.values()), ()))
    if not rows:
        raise TableError("NF-R204", "there are no rows to watch", hint="give at least one row, better some hundreds")
    inputs = drift.compare_columns(bundle.schema, sketches.columns, dict(arrays))
    scores = _scores(bundle, arrays) if sketches.scores else []
    judged = drift.corrected(inputs + scores, sketches.rate)
    inputs, scores = judged[: len(inputs)], judged[len(inputs) :]
    tests = sum(len(column.tests) for column in judged)
    return WatchReport(
        rows=rows,
        reference_rows=sketches.rows,
        columns=tuple(inputs),
        scores=tuple(scores),
        rate=sketches.rate,
        tests=tests,
        drifted=any(column.drifted for column in judged),
        sentence=_sentence(judged, tests, sketches.rate),
    )


def _scores(bundle: Bundle, arrays: Mapping[str, Array]) -> list[drift.ColumnDrift]:
    sketches, target = bundle.sketches, bundle.schema.target
    assert sketches is not None
    made = Model(bundle.graph, bundle.schema).predict_arrays(arrays)
    watched = _watched(target, made)
    compared = [drift.compare(name, sketches.scores[name], array, 0) for name, array in watched.items()]
    if sketches.expected and made.probabilities is not None:
        compared.append(drift.compare_accuracy(sketches.expected, confidence(made)))
    return compared


def _watched(target: Target, made: Predictions) -> dict[str, Array]:
    if target.parts:
        return score_columns(target, made.predictions if made.probabilities is None else made.probabilities)
    positive = target.classes.index(target.positive) if target.positive in target.classes else None
    said = made.predictions if made.scores is None else made.scores
    values = None if made.probabilities is not None else said
    return score_arrays(made.probabilities, values, positive if target.task == "binary" else None)


def confidence(made: Predictions) -> Array:
    """[N] the probability of the label that was given, which a threshold may have moved off the largest one."""
    assert made.probabilities is not None
    position = {label: i for i, label in enumerate(made.classes)}
    picked = np.array([position[label] for label in made.predictions])
    return np.asarray(np.take_along_axis(made.probabilities, picked[:, None], axis=1)[:, 0])


def _sentence(judged: Sequence[drift.ColumnDrift], tests: int, rate: float) -> str:
    names = [column.name for column in judged if column.drifted]
    among = f"{len(judged)} after correction for {tests} tests (Holm, {rate:.0%} false alarms per batch)"
    return f"drifted: {len(names)} of {among}: {', '.join(names)}" if names else f"no drift in {among}"


def lines(report: WatchReport) -> list[str]:
    """The report as text, drifted columns first, then by the size of the change."""
    every = sorted(report.columns + report.scores, key=lambda column: (not column.drifted, -column.size))
    width = max(len(column.name) for column in every)
    new = "1 new row" if report.rows == 1 else f"{report.rows:,} new rows"
    head = f"{report.reference_rows:,} training rows against {new}"
    mark = "✗" if report.drifted else "✓"
    return [head, "", *(_line(column, width) for column in every), "", f"{mark} {report.sentence}"]


def _line(column: drift.ColumnDrift, width: int) -> str:
    flag = "!" if column.drifted else " "
    psi = "" if column.psi is None else f"PSI {column.psi:.2f}"
    worst = min(column.tests, key=lambda test: (test.adjusted, -test.size), default=None)
    told = f"{worst.name} {worst.size:.3f}  p {worst.adjusted:.2g}" if worst else "nothing to test"
    return f"  {flag}  {column.name:<{width}}  {_change(column):<34}  {told:<38}  {psi}".rstrip()


def _change(column: drift.ColumnDrift) -> str:
    before, now = column.before, column.now
    if column.new:
        level, share = next(iter(column.new.items()))
        return f'new value "{level[:16]}" in {share:.1%}'
    if column.moved:
        return f'"{column.moved.level[:16]}" {column.moved.before:.1%} → {column.moved.now:.1%}'
    if before.mean is not None and now.mean is not None:
        return f"mean {before.mean:.4g} → {now.mean:.4g}"
    return f"missing {before.missing:.1%} → {now.missing:.1%}"
