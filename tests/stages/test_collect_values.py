"""Whole columns read as `ninefold_runtime.wire.cells` reads their cells one by one."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ninefold.collect.dates import _PATTERNS
from ninefold.collect.values import absent, missing, wired
from ninefold_runtime import wire
from ninefold_runtime.schema import Column, Kind

KINDS: list[tuple[Kind, str | None]] = [
    ("number", None),
    ("number", "point"),
    ("number", "comma"),
    ("boolean", None),
    ("category", None),
    ("text", None),
    ("id", None),
    ("datetime", None),
]
WORDS = [*wire.MISSING_WORDS, *wire.TRUE_WORDS, *wire.FALSE_WORDS, "inf", "-Infinity", "NaN", "1e400", "+1", ".5", "1."]
ODD = [
    "1_000",
    "١٢",
    "0x10",
    "1e",
    "$1,234.50",
    "1.234,50 €",
    "12 %",
    "-",
    "12 34",
    "\x1c7\x1f",
    "\x853",
    "\u200b4",
    "Kº",
]
DATES = [
    "2024-02-29",
    "2023-02-29",
    "20240131",
    "2024-01-31T23:59:59Z",
    "2024-01-31 23:59:60",
    "0001-01-01",
    "9999-12-31",
]
DATES += ["2024-01-31 10:00:00.5", "2024-W05-3", "2024-01-31T10:00:00+02:00", "24-01-31", "2024-1-1", "  2024-01-01 "]


def numberlike() -> st.SearchStrategy[str]:
    return st.one_of(
        st.floats().map(str),
        st.integers().map(str),
        st.integers().map(lambda n: f"{n:,}"),
        st.text("0123456789.,-+eE $€%_'\u00a0", max_size=8),
    )


def cell() -> st.SearchStrategy[str | None]:
    known = st.sampled_from(WORDS + ODD + DATES)
    padded = known.map(lambda word: f" {word.upper()}\t")
    return st.one_of(st.none(), known, padded, numberlike(), st.text(max_size=6))


def assert_same(column: Column, raw: pl.Series) -> None:
    expected = wire.cells(column, raw.to_list())
    got = wired(column, raw)
    assert got.null_count() == 0
    assert len(got) == len(expected)
    if expected.dtype.kind == "f":
        np.testing.assert_array_equal(got.to_numpy(), expected)
    else:
        assert got.to_list() == expected.tolist()
    assert absent(got).to_list() == wire.absent(expected).tolist()


@pytest.mark.parametrize(("kind", "form"), KINDS)
@settings(max_examples=150, deadline=None)
@given(st.lists(cell(), max_size=12))
@example([None])
@example([])
@example([*WORDS, *ODD, *DATES])
def test_text_columns(kind: Kind, form: str | None, cells: list[str | None]) -> None:
    assert_same(Column(name="c", kind=kind, format=form), pl.Series("c", cells, pl.String))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(_PATTERNS),
    st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), max_size=5),
    st.lists(cell(), max_size=4),
    st.sampled_from(_PATTERNS),
)
@example("%d/%m/%y", [datetime(2069, 1, 1), datetime(1969, 1, 1)], ["1/1/70"], "%Y%m%d")
@example("%Y%m%d", [], ["2024131", "0024-1-1"], "%Y%m%d")
def test_dates_in_every_pattern(pattern: str, days: list[datetime], others: list[str | None], foreign: str) -> None:
    texts = [day.strftime(pattern) for day in days] + [day.strftime(foreign) for day in days] + others
    assert_same(Column(name="c", kind="datetime", format=pattern), pl.Series("c", texts, pl.String))


@settings(max_examples=150, deadline=None)
@given(st.text("0123456789/:-. aApPmM", max_size=20), st.sampled_from(_PATTERNS))
def test_near_dates(text: str, pattern: str) -> None:
    assert_same(Column(name="c", kind="datetime", format=pattern), pl.Series("c", [text], pl.String))


TYPED = [
    pl.Series("c", [1, None, -3, 2**62], pl.Int64),
    pl.Series("c", [0, 1, 20240131], pl.UInt32),
    pl.Series("c", [0.1, -0.0, 3.0, None, float("nan"), float("inf"), 1e300]),
    pl.Series("c", [0.1, 2.5, None], pl.Float32),
    pl.Series("c", [True, None, False]),
    pl.Series("c", [date(2024, 2, 29), None, date(1969, 12, 31)]),
    pl.Series("c", [datetime(2024, 2, 29, 1, 2, 3, 456), None, datetime(1, 1, 1)]),
    pl.Series("c", [datetime(2024, 2, 29, 12, tzinfo=UTC)], pl.Datetime("us", "Europe/Berlin")),
    pl.Series("c", [datetime(1969, 12, 31, 23, 59, 59, 999_999)], pl.Datetime("ms")),
    pl.Series("c", [Decimal("1.10"), None, Decimal("-3")]),
    pl.Series("c", [time(12, 30), None]),
    pl.Series("c", [None, None], pl.Null),
]


@pytest.mark.parametrize(("kind", "form"), [*KINDS, ("datetime", "%Y%m%d")])
@pytest.mark.parametrize("raw", TYPED, ids=lambda raw: str(raw.dtype))
def test_typed_columns(kind: Kind, form: str | None, raw: pl.Series) -> None:
    assert_same(Column(name="c", kind=kind, format=form), raw)


@given(st.lists(cell(), max_size=10))
def test_missing_is_what_the_runtime_calls_missing(cells: list[str | None]) -> None:
    assert missing(pl.Series("c", cells, pl.String)).to_list() == [wire.is_missing(value) for value in cells]


def test_scalars_of_pandas_and_numpy_have_the_same_reading() -> None:
    import pandas as pd

    assert wire.text(np.float32(3.0)) == "3"
    assert wire.text(pd.NA) == wire.text(pd.NaT) == ""
    assert wire.stamp(pd.NaT) == wire.NO_TIME
    moment = datetime(2024, 1, 31, 12, tzinfo=timezone(timedelta(hours=1)))
    assert wire.stamp(pd.Timestamp(moment)) == wire.stamp(moment) == wire.stamp(np.datetime64("2024-01-31T11:00"))


def test_infinity_is_no_number() -> None:
    assert np.isnan([wire.number(value) for value in (float("inf"), "-inf", "1e999", 10**400)]).all()
