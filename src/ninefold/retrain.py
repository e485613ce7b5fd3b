"""A new run for the wishes of an old one, on newer rows, and the question whether it may take the old one's place.

Of the new rows some are kept from it, the latest where rows have a time, whole groups where they have groups: neither
model was fitted on them, and they judge both. The old one gives way only where the paired interval of the difference
says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold.core import book
from ninefold.core.comparison import Comparison
from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.events import Tell
from ninefold.core.lineage import Lineage, Rows, write_lineage
from ninefold.core.problem import Budget, Wishes
from ninefold.core.words import counted
from ninefold.runs import Order, Run, compared, open_table, put_order, read_order, run, silent
from ninefold_runtime.serving.pointer import Entry, promote, read_models

if TYPE_CHECKING:
    from polars import DataFrame, Series

    from ninefold.compare.comparing import Asked
    from ninefold.flow import Source

Require = Literal["better", "not-worse"]
JUDGED = 0.3
"""Share of the new rows that judge."""
LEAST = 50
"""Rows that each part of the new ones needs."""


@dataclass(frozen=True)
class Retraining:
    """What is wanted of a new run. ``labels``: a table that gives rows their target by the column ``key``."""

    data: Any
    query: str | None = None
    rows: Rows = "all"
    labels: Any = None
    key: str | None = None
    judged: float = JUDGED
    budget: Budget | None = None
    require: Require = "better"
    why: str = ""


@dataclass(frozen=True)
class Place:
    """A name in a file of models (see `ninefold_runtime.serving.pointer`)."""

    file: Path
    name: str


@dataclass(frozen=True)
class Verdict:
    """``passed``: the challenger may take the champion's place. ``serves``: the name that it has taken, if it has."""

    champion: str
    challenger: str
    comparison: Comparison
    passed: bool
    sentence: str
    serves: str | None = None


def retrain(
    parent: Path,
    wish: Retraining,
    asked: Asked,
    *,
    place: Place | None = None,
    tell: Tell = silent,
    progress: Callable[[str], None] = silent,
) -> Verdict:
    """Start a run beside ``parent``, compare the two, and let the new model take the ``place`` where the gate opens.

    Raises:
        WishError: NF-E340 when there are too few new rows, NF-E354 when nothing is predicted that could be judged.
        ColumnError: NF-E201 when they lack a column.
        NinefoldError, BundleFault: what starting a run and comparing may raise.
    """
    order, champion = read_order(parent), Run(parent)
    if not order.wishes.targets:
        hint = "run it anew, and look at both reports: ninefold run DATA"
        raise WishError("NF-E354", f"{parent.name} predicts no column, so that no rows can judge", hint=hint)
    progress("reading the new rows")
    new = open_table(wish.data, wish.query)
    learn, judge = _parted(_labelled(new, wish, order.wishes), order.wishes, wish.judged)
    table = learn if wish.rows == "new" else _with_old(order, learn)
    folder = book.new_folder(parent.parent)
    inputs = folder / "retrain"
    inputs.mkdir()
    table.write_csv(inputs / "learn.csv")
    judge.write_csv(inputs / "judge.csv")
    wishes = order.wishes if wish.budget is None else dataclasses.replace(order.wishes, budget=wish.budget)
    put_order(folder, Order(str((inputs / "learn.csv").absolute()), None, wishes))
    lineage = Lineage(
        parent=parent.name, data=new.name, rows=wish.rows, learned=len(table), judged=len(judge), why=wish.why
    )
    write_lineage(folder, lineage)
    challenger = run(None, resume=folder, tell=tell)
    sides = (parent.name, champion.bundle), (folder.name, challenger.bundle)
    comparison = compared(*sides, inputs / "judge.csv", asked=asked, progress=progress)
    passed, sentence = gate(comparison, wish.require)
    serves = place.name if passed and place is not None else None
    if place is not None and serves is not None:
        served_as(place, champion, challenger)
    write_lineage(folder, msgspec.structs.replace(lineage, promoted=serves is not None, verdict=sentence))
    return Verdict(parent.name, folder.name, comparison, passed, sentence, serves)


def gate(comparison: Comparison, require: Require) -> tuple[bool, str]:
    """Whether the challenger may take over, and why, by the 95 % interval of the paired difference."""
    told = comparison.headline
    interval = f"gain in {told.title} {told.gain:+.4f} (95 % from {told.low:+.4f} to {told.high:+.4f})"
    if require == "better":
        passed = told.low > 0
        return passed, f"{'better' if passed else 'not shown to be better'}: {interval}"
    return not comparison.worse, f"{'worse' if comparison.worse else 'not worse'}: {interval}"


def served_as(place: Place, champion: Run, challenger: Run) -> Entry:
    """Give the name to the challenger; one that is new is the champion's first, so that there is a way back."""
    if not place.file.exists() or place.name not in read_models(place.file).models:
        promote(place.file, place.name, champion.bundle)
    return promote(place.file, place.name, challenger.bundle)


def _labelled(new: Source, wish: Retraining, wishes: Wishes) -> DataFrame:
    """The new rows that have a target."""
    import polars as pl

    frame = new.frame
    if wish.labels is not None:
        frame = _joined(frame, open_table(wish.labels).frame, wish, wishes)
    for name in wishes.targets:
        _need(frame, name, "the new rows have no labels: give them with --labels FILE --key COLUMN")
    there = pl.all_horizontal(
        pl.col(name).is_not_null() & (pl.col(name).cast(pl.String) != "") for name in wishes.targets
    )
    return frame.filter(there)


def _joined(frame: DataFrame, labels: DataFrame, wish: Retraining, wishes: Wishes) -> DataFrame:
    import polars as pl

    if wish.key is None:
        hint = "name the column that both tables have: --key COLUMN"
        raise WishError("NF-E341", "labels in a table of their own need a key", hint=hint)
    for table in (frame, labels):
        _need(table, wish.key, "--key names a column of both tables")
    for name in wishes.targets:
        _need(labels, name, "the labels are the columns that the run predicts")
    key = pl.col(wish.key).cast(pl.String)
    wanted = labels.select(key, *wishes.targets).unique(subset=wish.key, keep="last")
    return frame.drop(*wishes.targets, strict=False).with_columns(key).join(wanted, on=wish.key, how="left")


def _need(frame: DataFrame, name: str, hint: str) -> None:
    if name not in frame.columns:
        close = nearest(name, frame.columns)
        hint = f'did you mean "{close[0]}"?' if close else hint
        raise ColumnError("NF-E201", f'there is no column "{name}"', hint=hint, given=name, suggestions=close)


def _parted(frame: DataFrame, wishes: Wishes, share: float) -> tuple[DataFrame, DataFrame]:
    """Rows to learn from and rows to judge on, each in the order of the table."""
    count = round(share * len(frame))
    if min(count, len(frame) - count) < LEAST:
        message = f"{counted(len(frame), 'new row')} with a target are too few: {LEAST} must judge, {LEAST} be learned"
        raise WishError("NF-E340", message, hint="wait for more labels, or choose another --judge share")
    order = np.random.default_rng(wishes.seed).permutation(len(frame))
    whole = wishes.series or wishes.group  # rows that stay together
    if wishes.series is None and wishes.time is not None and wishes.time in frame.columns:
        order = _ranks(frame[wishes.time])
    elif whole is not None and whole in frame.columns:
        codes = frame[whole].rank("dense").fill_null(0).to_numpy().astype(np.int64)
        order = np.argsort(np.random.default_rng(wishes.seed).permutation(codes.max() + 1)[codes], kind="stable")
        border = codes[order[len(frame) - count]]
        count = int(len(frame) - np.flatnonzero(codes[order] == border)[0])
    judge = np.zeros(len(frame), bool)
    judge[order[len(frame) - count :]] = True
    return frame.filter(~judge), frame.filter(judge)


def _ranks(times: Series) -> NDArray[np.int64]:
    """The rows in the order of their times: as numbers where all are, else as they are written."""
    import polars as pl

    numbers = times.cast(pl.Float64, strict=False)
    sortable = numbers if numbers.null_count() == times.null_count() else times
    return sortable.arg_sort(nulls_last=False).to_numpy().astype(np.int64)


def _with_old(order: Order, new: DataFrame) -> DataFrame:
    import polars as pl

    if order.source is None:
        hint = "learn from the new rows alone: --rows new"
        raise WishError("NF-E342", "the old run was started from a dataframe, whose rows are not at hand", hint=hint)
    old = open_table(order.source, order.query).frame
    return pl.concat([old, new], how="diagonal_relaxed")
