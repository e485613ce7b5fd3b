"""Stage 2: read the source, give every column a kind, and seal rows for evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from ninefold.collect import seal
from ninefold.collect.describe import described
from ninefold.collect.kinds import judged, overridden, unusable
from ninefold.collect.source import Source
from ninefold.collect.values import absent, missing, texts, wired
from ninefold.core.book import Context
from ninefold.core.errors import ColumnError, SourceError
from ninefold.core.problem import Peek, Problem, Wishes
from ninefold.core.table import Array, Dataset, Sealed, write_columns
from ninefold_runtime.schema import Column, Kind

if TYPE_CHECKING:
    from polars import DataFrame, Series

MOST_COLUMNS = 5_000
_COUNTED = 1_000


def peek(source: Source, wishes: Wishes) -> Peek:
    """Look at a source: every column with its kind and the reason, and the target's values counted.

    Raises:
        SourceError: when the source cannot be read, or has more than 5,000 columns (NF-E110).
    """
    frame = source.frame
    if frame.width > MOST_COLUMNS:
        message = f"{source.name} has {frame.width:,} columns; at most {MOST_COLUMNS:,} can be used"
        raise SourceError("NF-E110", message, hint="choose columns before, for example with a query")
    refused = {column.name: why for column in frame.iter_columns() if (why := unusable(column))}
    columns = tuple(_column(raw, wishes) for raw in frame.iter_columns() if raw.name not in refused)
    target = next((column for column in columns if column.name == wishes.target), None)
    counted = {} if target is None else _counted(target, frame[target.name])
    return Peek(source.name, source.digest, frame.height, columns, refused, **counted)


def _column(raw: Series, wishes: Wishes) -> Column:
    kind = wishes.kinds.get(raw.name)
    return overridden(raw, kind) if kind in get_args(Kind) else judged(raw)


def _counted(column: Column, raw: Series) -> dict[str, Any]:
    """What `Peek` says about the target."""
    import polars as pl

    words = texts(raw).alias("value")
    counts = words.filter(words != "").value_counts().sort(["count", "value"], descending=[True, False])
    numbers = _finite(column, raw)
    quartiles = np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1]).tolist() if len(numbers) else []
    return {
        "target_counts": {row["value"]: row["count"] for row in counts.head(_COUNTED).iter_rows(named=True)},
        "target_distinct": counts.height,
        "target_missing": len(raw) - int(counts["count"].sum() or 0),
        "target_numbers": tuple(quartiles),
    }


def _finite(column: Column, raw: Series) -> Array:
    if column.kind not in {"number", "id", "constant", "category"}:
        return np.empty(0)
    numbers = wired(Column(name=column.name, kind="number", format=column.format), raw)
    readable = ~(absent(numbers) & ~missing(raw))
    return numbers.drop_nans().to_numpy() if readable.mean() >= 0.5 else np.empty(0)


def collect(source: Source, problem: Problem, peek: Peek, *, context: Context) -> Dataset:
    """Read all rows, drop those without a target, seal some for evaluation, and write both parts to the run folder.

    Raises:
        SourceError: NF-E111 when the source is no longer what was peeked at.
        ColumnError: NF-E207 when too few rows have a target, NF-E208 when only one class is left to learn from.
    """
    context.progress(f"reading {source.name}")
    if source.digest != peek.digest:
        hint = "start a new run"
        raise SourceError("NF-E111", f"{source.name} has changed since this run looked at it", hint=hint)
    kept, refused = _candidates(problem, peek)
    rows = _labelled(source.frame, problem, peek)
    frame = rows.frame
    values = [wired(column, frame[column.name]) for column in kept]
    unreadable = _unreadable(kept, values, frame)
    sealing = _sealed(rows, values, problem)
    _refuse_one_class(rows.target[~sealing.mask], problem)
    train, held = context.folder / "train.parquet", context.folder / "sealed.parquet"
    _write(rows, values, np.flatnonzero(~sealing.mask), train)
    _write(rows, values, np.flatnonzero(sealing.mask), held)
    learnt = np.flatnonzero(~sealing.mask)
    columns = tuple(described(column, series.gather(learnt)) for column, series in zip(kept, values, strict=True))
    return Dataset(
        columns=columns,
        train_path=train,
        train_rows=len(learnt),
        sealed=Sealed(held, tuple(column.name for column in kept), int(sealing.mask.sum())),
        origin=source.name,
        digest=source.digest,
        sealing=sealing.words,
        refused=refused,
        dropped_rows=rows.dropped,
        unreadable=unreadable,
        notes=(*source.table.notes, *sealing.notes),
    )


@dataclass(frozen=True)
class _Rows:
    """Rows with a target (and a time, where asked). ``groups`` and ``times`` have an entry per row, or are None."""

    frame: DataFrame
    target: Array
    groups: Series | None
    times: Array | None
    dropped: dict[str, int]


@dataclass(frozen=True)
class _Sealing:
    mask: seal.Mask
    words: str
    notes: tuple[str, ...] = ()


def _candidates(problem: Problem, peek: Peek) -> tuple[list[Column], dict[str, str]]:
    """The columns that may become features, and those that may not with the reason."""
    away = dict(peek.refused) | dict.fromkeys(problem.drop, "left out, as you asked")
    roles = {problem.group: "says which rows belong together", problem.time: "says when"}
    away |= {name: why for name, why in roles.items() if name is not None and name not in problem.keep}
    kept = [column for column in peek.columns if column.name != problem.target and column.name not in away]
    if not kept:
        raise ColumnError("NF-E209", "no column is left to predict from", hint="drop fewer columns")
    return kept, away


def _labelled(frame: DataFrame, problem: Problem, peek: Peek) -> _Rows:
    target = _codes(frame[problem.target], problem) if problem.classes else _amounts(frame, problem, peek)
    times = None if problem.time is None else _moments(frame, problem.time, peek)
    no_target = np.isnan(target)
    no_time = np.zeros(len(target), bool) if times is None else absent_moments(times)
    keep = ~no_target & ~no_time
    dropped = {"no target": int(no_target.sum()), "no time": int((no_time & ~no_target).sum())}
    if keep.sum() < 2:
        raise ColumnError("NF-E207", f"only {keep.sum()} rows have a target", hint="give more rows")
    target = target[keep].astype(np.int64) if problem.classes else target[keep]
    rows = frame.filter(keep) if not keep.all() else frame
    groups = None if problem.group is None else texts(rows[problem.group])
    dropped = {reason: count for reason, count in dropped.items() if count}
    return _Rows(rows, target, groups, None if times is None else times[keep], dropped)


def _codes(raw: Series, problem: Problem) -> Array:
    """Positions in ``problem.classes`` as float64, NaN where there is no target."""
    import polars as pl

    places = pl.DataFrame({"value": problem.classes, "code": np.arange(len(problem.classes), dtype=float)})
    words = texts(raw).alias("value").to_frame()
    joined = words.join(places, on="value", how="left", maintain_order="left")
    return joined["code"].fill_null(float("nan")).to_numpy()


def _amounts(frame: DataFrame, problem: Problem, peek: Peek) -> Array:
    form = next(column.format for column in peek.columns if column.name == problem.target)
    return wired(Column(name=problem.target, kind="number", format=form), frame[problem.target]).to_numpy()


def _moments(frame: DataFrame, name: str, peek: Peek) -> Array:
    """int64 microseconds of a datetime column, float64 of any other."""
    column = next(column for column in peek.columns if column.name == name)
    if column.kind != "datetime":
        column = Column(name=name, kind="number", format=column.format)
    return wired(column, frame[name]).to_numpy()


def absent_moments(times: Array) -> seal.Mask:
    from ninefold_runtime.wire import absent as absent_cells

    return absent_cells(times)


def _unreadable(columns: list[Column], values: list[Series], frame: DataFrame) -> dict[str, int]:
    """Cells that hold something, but nothing of their column's kind."""
    lost = {
        column.name: int((absent(series) & ~missing(frame[column.name])).sum())
        for column, series in zip(columns, values, strict=True)
        if column.wire != "text"
    }
    return {name: count for name, count in lost.items() if count}


def _sealed(rows: _Rows, values: list[Series], problem: Problem) -> _Sealing:
    rng = np.random.default_rng(problem.seed)
    classes, share = bool(problem.classes), problem.holdout
    if rows.times is not None:
        if len(np.unique(rows.times)) < 2:
            raise ColumnError("NF-E210", f'all rows have one value in "{problem.time}"', hint="choose another --time")
        mask = seal.last_in_time(rows.times, share)
        return _Sealing(mask, f'the last {_percent(mask)} of rows by "{problem.time}"')
    if rows.groups is not None:
        if rows.groups.n_unique() < 2:
            raise ColumnError("NF-E210", f'all rows have one value in "{problem.group}"', hint="choose another --group")
        mask = seal.by_group(rows.target, rows.groups.rank("dense").to_numpy(), share, by_class=classes, rng=rng)
        return _Sealing(mask, f'whole groups of "{problem.group}", {_percent(mask)} of rows')
    copies, notes = _copies(values, rows.target)
    mask = seal.at_random(rows.target, copies, share, by_class=classes, rng=rng)
    how = "drawn from each class" if classes else "drawn at random"
    return _Sealing(mask, f"{_percent(mask)} of rows, {how}", notes)


def _copies(values: list[Series], target: Array) -> tuple[Array, tuple[str, ...]]:
    """Per row, the place of the first row that equals it, and what to say about rows that occur more than once."""
    import polars as pl

    table = pl.DataFrame({f"c{i}": series for i, series in enumerate(values)} | {"target": target})
    _, first, distinct = np.unique(table.hash_rows().to_numpy(), return_index=True, return_inverse=True)
    repeated = table.height - len(first)
    if not repeated:
        return np.arange(table.height), ()
    if repeated > seal.COPIES * table.height:
        note = f"{repeated:,} rows equal another row, as few different rows are possible: they are drawn one by one"
        return np.arange(table.height), (note,)
    return first[distinct], (f"{repeated:,} rows are exact copies of another: kept, copies always on the same side",)


def _percent(mask: seal.Mask) -> str:
    return f"{100 * mask.mean():.3g} %"


def _refuse_one_class(target: Array, problem: Problem) -> None:
    if problem.classes and len(np.unique(target)) < 2:
        message = f'the rows to learn from have one value of "{problem.target}" only'
        raise ColumnError("NF-E208", message, hint="seal less (--holdout), or seal by another column")


def _write(rows: _Rows, values: list[Series], index: Array, path: Path) -> None:
    groups = None if rows.groups is None else rows.groups.gather(index)
    times = None if rows.times is None else rows.times[index]
    write_columns([series.gather(index) for series in values], rows.target[index], groups, times, path)
