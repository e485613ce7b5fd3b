"""What columns are taken for, and why."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from ninefold.collect.describe import described
from ninefold.collect.kinds import judged, overridden, unusable
from ninefold.collect.values import wired
from ninefold_runtime.schema import Column

RNG = np.random.default_rng(0)


def kind_of(values: list[Any], name: str = "c") -> tuple[str, str | None]:
    column = judged(pl.Series(name, values))
    assert column.why
    return column.kind, column.format


def texts(*values: object) -> list[str]:
    return [str(value) for value in values]


NAMES = [f"{word}son, Mr. {other} {word}" for word in "abcdefgh" for other in "ijklmnop"]
CODES = [f"{a:02d}-{b}" for a, b in zip(range(40), RNG.integers(0, 1 << 40, 40), strict=True)]

CASES: list[tuple[str, list[Any], str, str | None]] = [
    ("numbers", texts(1.5, 2, 3, -4) * 10, "number", None),
    ("few whole numbers", texts(1, 2, 3) * 30, "number", None),
    ("zero and one", texts(0, 1) * 30, "number", None),
    ("numbers with blanks", [*texts(*range(100)), " ", "", "NA"], "number", None),
    ("nearly all numbers", [*texts(*np.arange(0, 50, 0.5)), "<5", "about 6"], "number", None),
    ("half words", [*texts(*range(30)), *[f"w{n % 7}" for n in range(30)]], "category", None),
    ("numbers and one word for none", [*texts(*np.arange(0, 30, 0.5)), *["unknown"] * 30], "number", None),
    ("thousands", ["1,234", "56,789", "12", "1,234,567.5"] * 5, "number", "point"),
    ("indian thousands", ["2,18,619", "40,11,035"] * 5, "number", "point"),
    ("money", ["$1,234.50", "$ 7", "-$3.20"] * 5, "number", "point"),
    ("percent", ["5.7%", "17 %", "0%"] * 5, "number", "point"),
    ("decimal comma", ["1,5", "2,75", "10"] * 5, "number", "comma"),
    ("thousands and decimal comma", ["1.234,50 €", "7,00 €", "12,5 €"] * 5, "number", "comma"),
    ("thousands by space", ["1 234", "56 789", "12"] * 5, "number", "point"),
    ("postal codes", ["01234", "56789", "00123"] * 10, "category", None),
    ("account numbers", [f"{n:08d}" for n in RNG.permutation(10**6)[:40]], "id", None),
    ("yes and no", ["Yes", "No", "no", None] * 5, "boolean", None),
    ("true and false", ["True", "False"] * 5, "boolean", None),
    ("T and F", ["T", "F"] * 5, "boolean", None),
    ("male and female", ["male", "female"] * 20, "category", None),
    ("yes, no and more", ["Yes", "No", "No phone service"] * 10, "category", None),
    ("only yes", ["yes", None] * 5, "category", None),
    ("sentences", NAMES, "text", None),
    ("short strings that repeat", ["B96 B98", "C23", "A/5. 851", "330909", "x1"] * 10, "category", None),
    ("codes of one row each", CODES, "id", None),
    ("nothing", [None, "", "?"] * 5, "constant", None),
    ("one value", ["x"] * 9, "constant", None),
    ("one number", texts(3) * 9, "constant", None),
    ("one value or none", ["x", None] * 9, "category", None),
    ("counting rows", texts(*range(7, 60)), "id", None),
    ("counting by floats", texts(*np.arange(7.0, 60.0)), "number", None),
    ("all different whole numbers", texts(*RNG.permutation(1000)[:50]), "number", None),
    ("iso dates", ["2024-01-31", "1999-12-01", None] * 5, "datetime", None),
    ("iso moments", ["2024-01-31T10:00:00Z", "1999-12-01T23:59:59+02:00"] * 5, "datetime", None),
    ("moments", ["2024-01-31 10:00:00", "1999-12-01 23:59:59"] * 5, "datetime", None),
    ("day first", ["31/01/2024", "05/06/2024"] * 5, "datetime", "%d/%m/%Y"),
    ("month first", ["01/31/2024", "05/06/2024"] * 5, "datetime", "%m/%d/%Y"),
    ("month first with time", ["1/31/2024 9:05", "5/6/2024 23:10"] * 5, "datetime", "%m/%d/%Y %H:%M"),
    ("dots", ["31.01.2024", "05.06.2024"] * 5, "datetime", "%d.%m.%Y"),
    ("month names", ["31 Jan 2024", "5 Jun 2024"] * 5, "datetime", "%d %b %Y"),
    ("months", ["1949-01", "1949-12", "1950-03"] * 4, "datetime", "%Y-%m"),
    ("named months", ["Jan 1949", "Dec 1949", "Mar 1950"] * 4, "datetime", "%b %Y"),
    ("seasons", ["1949-50", "2011-12", "2023-24"] * 4, "category", None),
    ("digits", ["20240131", "19991201"] * 5, "datetime", "%Y%m%d"),
    ("eight digits that are no dates", ["20241331", "19991201", "73523412"] * 5, "number", None),
    ("years", texts(1999, 2000, 2001) * 5, "number", None),
    ("times of day", ["12:30", "09:15"] * 5, "category", None),
    ("addresses of machines", ["10.0.0.1", "192.168.1.7"] * 10, "category", None),
    ("versions", ["1.2.3", "1.10.0"] * 10, "category", None),
    ("typed whole", [1, 2, 3] * 9, "number", None),
    ("typed broken", [0.5, None, 2.0] * 9, "number", None),
    ("typed boolean", [True, False] * 9, "boolean", None),
    ("typed date", [date(2024, 1, 31), date(2024, 2, 1)], "datetime", None),
    ("typed digits", [20240131, 19991201] * 5, "datetime", "%Y%m%d"),
    ("typed counting", list(range(50)), "id", None),
]


@pytest.mark.parametrize(("values", "kind", "form"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_kinds(values: list[Any], kind: str, form: str | None) -> None:
    assert kind_of(values) == (kind, form)


@pytest.mark.parametrize("name", ["id", "ID", "PassengerId", "customer_id", "row key", "Unnamed: 0"])
def test_whole_numbers_called_id(name: str) -> None:
    values = texts(*RNG.permutation(1000)[:50])
    assert kind_of(values, name)[0] == "id"
    assert kind_of([*values, values[0]], name)[0] == "number"
    assert kind_of([f"{value}.5" for value in values], name)[0] == "number"


@pytest.mark.parametrize("name", ["grid", "paid", "humid", "keys", "PAID"])
def test_names_that_only_end_like_id(name: str) -> None:
    assert kind_of(texts(*RNG.permutation(1000)[:50]), name)[0] == "number"


def test_reasons_have_numbers() -> None:
    assert "96 %" in judged(pl.Series("c", [*texts(*range(96)), *"abcd"])).why
    first = judged(pl.Series("c", ["31/01/2024", "05/06/2024"] * 5)).why
    assert "day first, because as month first only 50 %" in first
    unsure = judged(pl.Series("c", ["01/02/2024", "05/06/2024"] * 5)).why
    assert "no value tells day from month, month first is assumed" in unsure


def test_kinds_a_user_names() -> None:
    money = pl.Series("c", ["1.234,5", "7,5", "x"])
    assert overridden(money, "number").format == "comma"
    assert overridden(pl.Series("c", ["31/01/2024", "5/6/2024"]), "datetime").format == "%d/%m/%Y"
    assert overridden(pl.Series("c", texts(*range(50))), "category").kind == "category"


def test_columns_without_a_reading() -> None:
    assert "nested" in unusable(pl.Series("c", [["a"], ["b"]]))
    assert unusable(pl.Series("c", [[1], [2]])) == ""  # series
    assert "nested" in unusable(pl.Series("c", [{"a": 1}]))
    assert "binary" in unusable(pl.Series("c", [b"x"]))
    assert unusable(pl.Series("c", ["x"])) == ""


# --- statistics that travel


def about(kind: Any, values: list[Any], form: str | None = None) -> Column:
    column = Column(name="c", kind=kind, format=form)
    return described(column, wired(column, pl.Series("c", values)))


def test_statistics_of_numbers() -> None:
    column = about("number", ["1", "2", "4", "x", None])
    assert (column.missing, column.distinct) == (0.4, 3)
    assert (column.minimum, column.example, column.maximum) == (1.0, 2.0, 4.0)


def test_statistics_of_categories() -> None:
    column = about("category", ["b", "a", "b", None])
    assert column.levels == ("b", "a")
    assert (column.distinct, column.missing, column.example) == (2, 0.25, "b")
    many = about("category", texts(*range(80)))
    assert (len(many.levels), many.distinct, many.example) == (50, 80, None)


def test_examples_of_dates_are_days_in_their_own_pattern() -> None:
    assert about("datetime", ["31/01/2024"], "%d/%m/%Y").example == "31/01/2024"
    assert about("datetime", ["2024-01-31 10:00:00"]).example == "2024-01-31"
    assert about("datetime", [9 * 10**18]).example is not None
    assert about("boolean", ["yes", "no", "yes"]).example is True


@pytest.mark.parametrize("kind", ["text", "id"])
def test_no_row_shows_in_texts_and_ids(kind: str) -> None:
    column = about(kind, [*NAMES, NAMES[0], NAMES[0]])
    assert column.example is None
    assert column.levels == ()
