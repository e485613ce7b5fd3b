"""Stage 2: read the source, give every column a kind, and seal rows for evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from ninefold.collect import images
from ninefold.collect.affordable import affordable
from ninefold.collect.describe import described
from ninefold.collect.documents import documents_of, write
from ninefold.collect.kinds import KINDS, alike, judged, latest, overridden, unusable
from ninefold.collect.labelled import Labelled, labelled
from ninefold.collect.repeated import twins
from ninefold.collect.reshaped import reshaped
from ninefold.collect.sealing import sealing_of
from ninefold.collect.source import Source
from ninefold.collect.spans import within
from ninefold.collect.values import absent, missing, texts, wired
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.errors import ColumnError, SourceError
from ninefold.core.problem import Counted, Peek, Problem, Wishes
from ninefold.core.table import Array, Dataset, Sealed, is_before, write_columns
from ninefold.forms.speaking import columns_of
from ninefold_runtime.reading import DOCUMENTS
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    from polars import DataFrame, Series

MOST_COLUMNS = 5_000
FEWEST = 8
"""Rows to learn from where sealed rows may not be looked into."""
_COUNTED = 1_000
LOOKING = 0.02
"""Share of the time left in which sealed rows may be compared with the rows to learn from."""


def peek(source: Source, wishes: Wishes) -> Peek:
    """Look at a source: every column with its kind and the reason, and the target's (else the truth's) values counted.

    Raises:
        SourceError: when the source cannot be read, or has more than 5,000 columns (NF-E110).
    """
    digest, source = source.digest, reshaped(source, wishes)
    frame = source.frame
    if frame.width > MOST_COLUMNS:
        message = f"{source.name} has {frame.width:,} columns; at most {MOST_COLUMNS:,} can be used"
        raise SourceError("NF-E110", message, hint="choose columns before, for example with a query")
    pictured = {raw.name: column for raw in frame.iter_columns() if (column := _pictured(raw, wishes))}
    others = [raw for raw in frame.iter_columns() if raw.name not in pictured]
    refused = {raw.name: why for raw in others if (why := unusable(raw) or _unseen(raw, wishes))}
    made = pictured | _columns([raw for raw in others if raw.name not in refused], source.table.formats, wishes)
    columns = tuple(made[name] for name in frame.columns if name in made)
    wanted = wishes.targets or (wishes.truth,)
    asked = [column for name in wanted for column in columns if column.name == name and column.kind != "series"]
    counted = {column.name: Counted(**_counted(column, frame[column.name])) for column in asked}
    first = vars(next(iter(counted.values()))) if counted else {}
    several = counted if len(wishes.targets) > 1 else {}
    refused |= source.table.refused
    worded = len(wishes.targets) == len(asked) == 1 and asked[0].wire == "text"
    inside = within(frame, asked[0].name, columns) if worded else {}
    return Peek(
        source.name,
        digest,
        frame.height,
        columns,
        refused,
        **first,
        within=inside,
        several=several,
        folding=source.table.folding,
    )


def _pictured(raw: Series, wishes: Wishes) -> Column | None:
    """A column of images, unless it is to be of another kind.

    Raises:
        ColumnError: NF-E214 when it is to be of images, and holds none.
    """
    kind = wishes.kinds.get(raw.name)
    if kind not in {None, "image"}:
        return None
    found = images.judged(raw, wishes.image_size)
    if kind == "image" and found is None:
        raise images.refused(raw)
    return found


def _unseen(raw: Series, wishes: Wishes) -> str:
    """Why images that a column names cannot be learned from; paths may still be wished for as another kind."""
    return "" if raw.name in wishes.kinds else images.unreadable(raw)


def _columns(raws: list[Series], formats: dict[str, str | None], wishes: Wishes) -> dict[str, Column]:
    """By name; ``formats`` say how the values of some series were written."""
    read = (_column(raw, wishes) for raw in raws)
    columns = alike(tuple(replace(column, format=formats.get(column.name, column.format)) for column in read))
    if wishes.forecast is not None:
        columns = tuple(latest(column) for column in columns)
    return {column.name: column for column in columns}


def _column(raw: Series, wishes: Wishes) -> Column:
    """An unknown kind is passed over here: `problem.define` refuses it."""
    kind = wishes.kinds.get(raw.name)
    return overridden(raw, kind) if kind is not None and kind in KINDS else judged(raw)


def _counted(column: Column, raw: Series) -> dict[str, Any]:
    """What `Peek` says about the target."""
    words = texts(raw).alias("value")
    counts = words.filter(words != "").value_counts().sort(["count", "value"], descending=[True, False])
    numbers = _numbers(column, raw)
    quartiles = np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1]).tolist() if len(numbers) else []
    return {
        "target_counts": {row["value"]: row["count"] for row in counts.head(_COUNTED).iter_rows(named=True)},
        "target_distinct": counts.height,
        "target_missing": len(raw) - int(counts["count"].sum()),
        "target_numbers": tuple(quartiles),
    }


def _numbers(column: Column, raw: Series) -> Array:
    """The target's finite numbers; none where less than half of its values are numbers."""
    if column.kind in {"datetime", "boolean"}:
        return np.empty(0)
    numbers = wired(Column(name=column.name, kind="number", format=column.format), raw)
    read = numbers.drop_nans().to_numpy()
    return read if len(read) >= 0.5 * int((~missing(raw)).sum()) else np.empty(0)


def collect(source: Source, problem: Problem, peek: Peek, *, context: Context) -> Dataset:
    """Read all rows, drop those without a target, seal some for evaluation, and write both parts to the run folder.

    Raises:
        SourceError: NF-E111 when the source is no longer what was peeked at.
        ColumnError: NF-E207 when too few rows have a target, NF-E208 when only one class is left to learn from,
            NF-E209 when no column is left, NF-E210 when all rows are one group or moment.
    """
    context.progress(f"reading {source.name}")
    if source.digest != peek.digest:
        message = f"{source.name} has changed since this run looked at it"
        raise SourceError("NF-E111", message, hint="start a new run")
    kept, refused = _candidates(problem, peek)
    read, source = source, reshaped(source, problem.moments)
    rows = labelled(source.frame, problem, peek)
    values = [_wired(column, rows.frame[column.name], context) for column in kept]
    telling = [series for column, series in zip(kept, values, strict=True) if column.kind != "id"]
    sealing = sealing_of(rows, telling, problem)
    learnt, held = np.flatnonzero(~sealing.mask), np.flatnonzero(sealing.mask)
    if problem.validation.gap and rows.times is not None:
        known = is_before(rows.times[learnt], rows.times[held].min(), problem.validation.gap)
        rows.dropped["looks ahead into the sealed rows"] = int((~known).sum())
        learnt = learnt[known]
        if len(learnt) < FEWEST:
            message = f"only {len(learnt)} rows are left to learn from that end before the sealed ones begin"
            raise ColumnError("NF-E207", message, hint="look less far ahead, say a shorter --window, or seal less")
    order = np.arange(len(rows.target)) if problem.task == "language-model" else rows.times
    taken = affordable(learnt, order, len(kept), problem)
    beyond, learnt = len(learnt) - len(taken), taken
    columns = tuple(described(column, series.gather(learnt)) for column, series in zip(kept, values, strict=True))
    rng = np.random.default_rng([problem.seed, context.number])
    dataset = Dataset(
        columns=columns,
        train_path=_written(rows, values, learnt, context.folder / "train.parquet"),
        train_rows=len(learnt),
        sealed=Sealed(
            path=_written(rows.revealed(), values, held, context.folder / "sealed.parquet"),
            names=tuple(column.name for column in kept),
            rows=len(held),
        ),
        origin=source.name,
        digest=source.digest,
        sealing=sealing.words,
        refused=refused,
        dropped_rows=rows.dropped,
        beyond=beyond,
        unreadable=_unreadable(kept, values, rows.frame),
        twins=twins(telling, learnt, held, rng, Clock(LOOKING * context.clock.left)),
        documents=_documents(problem, context),
        notes=(*source.table.notes, *sealing.notes, *_torn(kept, values, rows.frame)),
    )
    read.release()
    return dataset


def _documents(problem: Problem, context: Context) -> Path | None:
    if not problem.documents:
        return None
    context.progress(f"reading {problem.documents}")
    return write(documents_of(problem.documents, problem.context), context.folder / DOCUMENTS)


def _candidates(problem: Problem, peek: Peek) -> tuple[list[Column], dict[str, str]]:
    """The columns that may become features, and those that may not with the reason."""
    away = dict(peek.refused) | dict.fromkeys(problem.drop, "left out, as you asked")
    away |= {} if problem.truth is None else {problem.truth: "the truth, compared with at the end"}
    roles = {problem.group: "says which rows belong together", problem.time: "says when"}
    if problem.folding is not None:
        roles |= {problem.folding.series or None: "says which rows are of one series"}
        if problem.folding.horizon and problem.folding.time is not None and problem.folding.time.kind == "datetime":
            del roles[problem.time]  # the calendar at the moment that is looked ahead from
    away |= {
        name: f"{why}; with --keep {name} it is learned from too"
        for name, why in roles.items()
        if name is not None and name not in {*problem.keep, problem.context}
    }
    away = {name: why for name, why in away.items() if name in peek.refused or name not in problem.only_judged}
    kept = [column for column in peek.columns if column.name not in {*problem.targets, *away}]
    if not kept:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(away.items())[:5])
        message = f"no column is left to predict from{f' ({reasons})' if reasons else ''}"
        raise ColumnError("NF-E209", message, hint="drop fewer columns, or bring some that can be read")
    asked = columns_of(kept, problem.context) if problem.context else ()
    return [_worded(column) if column.name in asked else column for column in kept], away


def _worded(column: Column) -> Column:
    """Of questions and passages no values are kept, however often they come."""
    return replace(column, kind="text", format=None)


def _wired(column: Column, raw: Series, context: Context) -> Series:
    if column.kind != "image":
        return wired(column, raw)
    return images.wired(column, raw, lambda share: context.progress(f"reading the images of {column.name}", share))


def _torn(columns: list[Column], values: list[Series], frame: DataFrame) -> tuple[str, ...]:
    """Which images cannot be read."""
    pairs = [(frame[c.name], absent(v)) for c, v in zip(columns, values, strict=True) if c.kind == "image"]
    lost = [(raw, gone & ~missing(raw)) for raw, gone in pairs]
    return tuple(images.unread(raw, which) for raw, which in lost if which.any())


def _unreadable(columns: list[Column], values: list[Series], frame: DataFrame) -> dict[str, int]:
    """Cells that hold something, but nothing of their column's kind."""
    lost = {
        column.name: int((absent(series) & ~missing(frame[column.name])).sum())
        for column, series in zip(columns, values, strict=True)
        if column.wire != "text"
    }
    return {name: count for name, count in lost.items() if count}


def _written(rows: Labelled, values: list[Series], index: Array, path: Path) -> Path:
    groups = None if rows.groups is None else rows.groups.gather(index)
    times = None if rows.times is None else rows.times[index]
    write_columns([series.gather(index) for series in values], rows.target[index], groups, times, path)
    return path
