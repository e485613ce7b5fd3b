"""The rows that can be learned from: those with a target, and with a time where time matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.collect.values import missing, texts, wired
from ninefold.core.errors import ColumnError
from ninefold.core.problem import Peek, Problem
from ninefold.core.table import Array
from ninefold.forms.speaking import columns_of
from ninefold_runtime import wire
from ninefold_runtime.schema import WORDED, Column

if TYPE_CHECKING:
    from polars import DataFrame, Series

VOID = "nothing in the row"
_UNASKED = "no question or no passage"


@dataclass(frozen=True)
class Labelled:
    """``target``: class codes or values, [N], or [N, T] of several, NaN where one of mixed ones is missing. ``groups``
    and ``times`` have an entry per row, or are None.

    ``truth``: codes that nobody may learn from, -1 where there is none. ``dropped`` counts the rows left out, by
    reason.
    """

    frame: DataFrame
    target: Array
    groups: Series | None
    times: Array | None
    dropped: dict[str, int]
    truth: Array | None = None

    def revealed(self) -> Labelled:
        """The same with the truth in the target's place, for the sealed rows alone."""
        return self if self.truth is None else replace(self, target=self.truth)


def labelled(frame: DataFrame, problem: Problem, peek: Peek) -> Labelled:
    """The rows of ``frame`` with a target; of several, with all of them, of mixed ones, with any; every row where the
    task has none.

    Raises:
        ColumnError: NF-E207 when fewer than two are left.
    """
    target = _target(frame, problem, peek)
    times = None if problem.time is None else _moments(frame, problem.time, peek)
    reason = "not every target" if problem.several and not problem.choices else "no target"
    lost = {reason: _lacking(target, problem)}
    if problem.untargeted and problem.task != "language-model":  # an empty line is part of a text
        reason = VOID
        lost = {reason: _void(frame)}
    if problem.context:  # no answer is one: the passage has none
        reason = _UNASKED
        lost = {reason: _unasked(frame, problem, peek)}
    if times is not None:
        lost["no time"] = wire.absent(times) & ~lost[reason]
    keep = ~np.logical_or.reduce(list(lost.values()))
    if keep.sum() < 2:
        raise _too_few(problem, keep, reason, lost)
    rows = frame if keep.all() else frame.filter(keep)
    return Labelled(
        frame=rows,
        target=target[keep].astype(np.int64) if _coded(problem) else target[keep],
        groups=None if problem.together is None else texts(rows[problem.together]),
        times=None if times is None else times[keep],
        dropped={reason: int(mask.sum()) for reason, mask in lost.items() if mask.any()},
        truth=None if problem.truth is None else _truth(rows[problem.truth], problem),
    )


def _too_few(problem: Problem, keep: Array, reason: str, lost: Mapping[str, Any]) -> ColumnError:
    """The error names what is to blame: the target, or the column of times."""
    left = f"only {keep.sum()} of {len(keep):,} rows"
    if lost[reason].all() or problem.time is None:
        asked = {_UNASKED: "a question and a passage", VOID: "anything in them"}.get(reason, "a target")
        return ColumnError("NF-E207", f"{left} have {asked}", hint="give more rows")
    hint = "name a column of dates, times or numbers with --time"
    message = f'--time: {left} have a time in "{problem.time}" that can be read'
    return ColumnError("NF-E207", message, hint=hint, given=problem.time)


def _target(frame: DataFrame, problem: Problem, peek: Peek) -> Array:
    """Codes or values as float64, [N] or [N, T], NaN where there is none, or texts; 0 everywhere where the task has no
    target."""
    if problem.untargeted:
        return np.zeros(frame.height)
    if problem.task in WORDED:
        return wired(Column(name=problem.target, kind="text"), frame[problem.target]).to_numpy().astype(object)
    if problem.labels:
        pairs = zip(problem.several, problem.labels, strict=True)
        return np.column_stack([_codes(frame[name], labels) for name, labels in pairs])
    if problem.several:
        choices = problem.choices or ((),) * len(problem.several)
        each = zip(problem.several, choices, strict=True)
        return np.column_stack([_codes(frame[n], c) if c else _amounts(frame, n, peek) for n, c in each])
    return _codes(frame[problem.target], problem.classes) if problem.classes else _amounts(frame, problem.target, peek)


def _void(frame: DataFrame) -> Array:
    """Which rows hold nothing at all."""
    return np.asarray(np.logical_and.reduce([missing(series).to_numpy() for series in frame.iter_columns()]))


def _unasked(frame: DataFrame, problem: Problem, peek: Peek) -> Array:
    """Which rows lack a question or a passage."""
    left = [column for column in peek.columns if column.name not in {*problem.targets, *problem.drop}]
    names = columns_of(left, problem.context)
    return np.asarray(np.logical_or.reduce([(texts(frame[name]) == "").to_numpy() for name in names]))


def _lacking(target: Array, problem: Problem) -> Array:
    """Which rows have no target, or not all, of mixed ones none: NaN, or an empty text."""
    if target.dtype.kind == "O":
        return np.asarray(target == "", bool)
    gone = np.isnan(target).reshape(len(target), -1)
    return np.asarray(gone.all(axis=1) if problem.choices else gone.any(axis=1))


def _coded(problem: Problem) -> bool:
    """Whether targets are codes, not amounts."""
    return bool(problem.classes or problem.labels or problem.untargeted)


def _truth(raw: Series, problem: Problem) -> Array:
    return np.asarray(np.nan_to_num(_codes(raw, problem.truths), nan=-1.0), np.int64)


def _codes(raw: Series, classes: tuple[str, ...]) -> Array:
    """Positions in ``classes`` as float64, NaN where there is none."""
    import polars as pl

    places = pl.DataFrame({"value": classes, "code": np.arange(len(classes), dtype=float)})
    words = texts(raw).alias("value").to_frame()
    joined = words.join(places, on="value", how="left", maintain_order="left")
    return joined["code"].fill_null(float("nan")).to_numpy()


def _amounts(frame: DataFrame, name: str, peek: Peek) -> Array:
    form = next(column.format for column in peek.columns if column.name == name)
    return wired(Column(name=name, kind="number", format=form), frame[name]).to_numpy()


def _moments(frame: DataFrame, name: str, peek: Peek) -> Array:
    """int64 microseconds of a datetime column, float64 of any other."""
    column = next(column for column in peek.columns if column.name == name)
    if column.kind != "datetime":
        column = Column(name=name, kind="number", format=column.format)
    return wired(column, frame[name]).to_numpy()
