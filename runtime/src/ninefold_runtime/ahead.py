"""Forecasts as a person reads them: a line for each series and moment ahead."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ninefold_runtime.folding import Table, series_named
from ninefold_runtime.forecasting import moment
from ninefold_runtime.model import Predictions
from ninefold_runtime.photos import files_named
from ninefold_runtime.schema import Column, Folding, Schema
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
        gone = absent(np.array([origin]))[0]
        ahead = range(1, folding.horizon + 1)
        told += [None if gone else moment(folding, origin.item(), each) for each in ahead]
    if time.kind != "number":
        told = _written(time, told, spaced=any(" " in str(origin).strip() for origin in origins))
    return ["" if each is None else each for each in told]


def _written(time: Column, stamps: Sequence[int | None], *, spaced: bool) -> list[str | None]:
    """By the pattern of the column; else in ISO 8601, all of them with the time of the day if one of them needs it."""
    there = [None if stamp is None else np.datetime64(stamp, "us") for stamp in stamps]
    if time.format is not None:
        return [None if each is None else each.item().strftime(time.format) for each in there]
    known = [each for each in there if each is not None]
    unit = next((u for u in ("D", "s") if all(each == each.astype(f"M8[{u}]") for each in known)), "us")
    texts = [None if each is None else str(each.astype(f"M8[{unit}]")) for each in there]
    return [each and each.replace("T", " ") for each in texts] if spaced else texts
