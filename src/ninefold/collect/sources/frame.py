"""Dataframes of any library that narwhals reads, dictionaries of columns, NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.collect.plain import frame_of, refuse_twins, series_of
from ninefold.collect.source import Given, Table
from ninefold.core.errors import ColumnError, SourceError

if TYPE_CHECKING:
    from polars import DataFrame


@dataclass(frozen=True)
class Frame:
    """Read without a copy where the library allows; pandas is read without pyarrow."""

    def claim(self, given: Given) -> int:
        return int(not isinstance(given.data, (str, Path)))

    def name(self, given: Given) -> str:
        return type(given.data).__name__

    def read(self, given: Given) -> Table:
        return Table(_frame(given.data))


def _frame(data: Any) -> DataFrame:
    if isinstance(data, Mapping):
        return frame_of({str(name): _listed(values) for name, values in data.items()})
    if isinstance(data, np.ndarray):
        return _of_array(data)
    return _of_dataframe(data)


def _listed(values: Any) -> Any:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _of_array(data: np.ndarray[Any, Any]) -> DataFrame:
    import polars as pl

    if data.dtype.names:
        return pl.DataFrame([_series(name, data[name]) for name in data.dtype.names])
    if data.ndim != 2:
        raise SourceError("NF-E102", f"an array must have 2 dimensions, this one has {data.ndim}", hint="reshape it")
    return pl.DataFrame([_series(f"column_{place + 1}", column) for place, column in enumerate(data.T)])


def _series(name: str, values: np.ndarray[Any, Any]) -> Any:
    import polars as pl

    if values.dtype.kind in "biuf" and values.dtype.itemsize <= 8 and values.dtype != np.float16:
        return pl.Series(name, np.ascontiguousarray(values))
    if values.dtype.kind == "M":
        return pl.Series(name, values.astype("M8[us]"))
    return series_of(name, values.tolist())


def _of_dataframe(data: Any) -> DataFrame:
    import narwhals as nw

    try:
        frame = nw.from_native(data)
    except TypeError as error:
        hint = "give a file, a database URL with a query, or a dataframe"
        raise SourceError("NF-E102", f"cannot read a table from {type(data).__name__}", hint=hint) from error
    except nw.exceptions.DuplicateError as error:
        raise ColumnError("NF-E206", f"column names must differ. {error}", hint="rename the columns") from error
    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    if eager.implementation.is_pandas_like():
        return _of_pandas(eager.to_native())
    return eager.to_polars()


def _of_pandas(data: Any) -> DataFrame:
    """Column by column, because polars' own reading of pandas needs pyarrow."""
    import polars as pl

    names = [str(name) for name in data.columns]
    refuse_twins(names)
    return pl.DataFrame([_pandas_series(name, data.iloc[:, place]) for place, name in enumerate(names)])


def _pandas_series(name: str, column: Any) -> Any:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biufM":
        return _series(name, column.to_numpy())
    missing = column.isna().to_numpy()
    values = [None if gone else value for gone, value in zip(missing, column.tolist(), strict=True)]
    return series_of(name, values)
