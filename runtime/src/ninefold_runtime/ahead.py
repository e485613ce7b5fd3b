"""Forecasts as a person reads them: a line for each series and moment ahead."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ninefold_runtime.explain.cells import cell
from ninefold_runtime.folding import Table, series_named
from ninefold_runtime.forecasting import moment
from ninefold_runtime.model import Predictions
from ninefold_runtime.photos import files_named
from ninefold_runtime.schema import Folding, Schema
from ninefold_runtime.wire import absent, cells
from ninefold_runtime.write import as_csv


def as_text(schema: Schema, table: Table, made: Predictions, ends: Mapping[str, Sequence[object]]) -> str:
    """Predictions as CSV: a line for each row of ``table``, or of forecasts for each moment ahead.

    ``ends`` are the intervals or sets, as `ninefold_runtime.beside` makes them.
    """
    if schema.folding is None or not schema.folding.horizon:
        return as_csv(made, {**ends, **series_named(schema, table), **files_named(schema, table)})
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    told = _told(schema.folding, table, made, ends)
    lines.writerow(told)
    lines.writerows(zip(*told.values(), strict=True))
    return text.getvalue()


def _told(
    folding: Folding, table: Table, made: Predictions, ends: Mapping[str, Sequence[object]]
) -> dict[str, list[Any]]:
    """Columns by name: the series, the moment (else how many ahead), the prediction, and its ends."""
    ahead = range(1, folding.horizon + 1)
    columns: dict[str, list[Any]] = {}
    if folding.series and folding.series in table:
        columns[folding.series] = [name for name in table[folding.series] for _ in ahead]
    if folding.time is not None and folding.time.name in table:
        columns[folding.time.name] = _moments(folding, table[folding.time.name])
    else:
        columns["ahead"] = [*ahead] * len(made)
    columns["prediction"] = np.ravel(made.predictions).tolist()
    for end in ("low", "high"):
        parts = [ends[name] for name in (f"{end}:{part}" for part in made.parts) if name in ends]
        if parts:
            columns[end] = [value for row in zip(*parts, strict=True) for value in row]
    return columns


def _moments(folding: Folding, origins: Sequence[object]) -> list[Any]:
    """Written as the table writes them; nothing where a row does not say when it ends."""
    time = folding.time
    assert time is not None
    told: list[Any] = []
    for origin in cells(time, origins):
        if absent(np.array([origin]))[0]:
            told += [""] * folding.horizon
            continue
        moments = [moment(folding, origin.item(), ahead) for ahead in range(1, folding.horizon + 1)]
        told += moments if time.kind == "number" else [_written(folding, each) for each in moments]
    return told


def _written(folding: Folding, stamp: int) -> object:
    assert folding.time is not None
    if folding.time.format is None:
        return cell(folding.time, np.int64(stamp))
    return np.datetime64(stamp, "us").item().strftime(folding.time.format)
