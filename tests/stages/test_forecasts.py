"""Forecasts: the table that is made, that nothing looks ahead, and that the graph says it in the target's own unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rooms import collected, problem_of

from ninefold.collect.seasons import season_of
from ninefold.core.errors import ColumnError, NinefoldError, WishError
from ninefold.forms.forecasters import METHODS, drift, naive, smoothing, theta
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold.forms.smoothing import Constants, smoothed
from ninefold.forms.windows import looked_ahead
from ninefold.select.planning import plan_of
from ninefold_runtime.ahead import as_text
from ninefold_runtime.folding import folded
from ninefold_runtime.forecasting import moment, seasonal, spread, whole
from ninefold_runtime.model import Predictions
from ninefold_runtime.schema import Column, Folding, Schema, Target

DAYS, STORES = 90, ("a", "b")


def sales(**more: Any) -> dict[str, list[Any]]:
    """Two stores of very different size, day by day; a value names its day: store x 1000 + day + a week's wave."""
    rows = [
        (f"2024-{1 + day // 28:02d}-{1 + day % 28:02d}", store, 1000.0 * place + day + day % 7, float(day % 3))
        for place, store in enumerate(STORES, 1)
        for day in range(DAYS)
    ]
    names = ("date", "store", "sales", "promo")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)} | more


WISHES: dict[str, Any] = {
    "target": "sales",
    "time": "date",
    "series": "store",
    "forecast": 5,
    "window": 14,
    "season": 7,
}


def test_each_row_knows_its_past_and_is_told_what_came(tmp_path: Path) -> None:
    problem, dataset = collected(sales(), tmp_path, **WISHES)
    assert (problem.task, problem.several) == ("forecast", tuple(f"sales+{h}" for h in range(1, 6)))
    kinds = {column.name: (column.kind, column.shape, column.latest) for column in dataset.columns}
    assert kinds == {
        "sales": ("series", (14,), True),
        "date": ("datetime", (), False),
        "promo": ("series", (14,), True),
    }
    rows = dataset.rows
    past = rows.columns["sales"]
    ahead = seasonal(past, 7, 5) + spread(past, 7)[:, None] * rows.target
    last = past[:, -1:]
    day = np.round(last % 1000)  # the value names the day, up to its weekday
    assert ((ahead - last > -7) & (ahead - last < 12)).all()
    assert (np.floor(ahead / 1000) == np.floor(last / 1000)).all(), "another store"
    assert (day < DAYS + 7).all()


def test_nothing_that_is_learned_from_looks_into_what_is_scored(tmp_path: Path) -> None:
    """Neither the sealed rows nor any fold: the last moment ahead is no later than the first that is looked from."""
    problem, dataset = collected(sales(), tmp_path, **WISHES)
    day = 86_400_000_000
    sealed = dataset.sealed.open()
    assert dataset.rows.times is not None
    assert sealed.times is not None
    assert dataset.rows.times.max() + 5 * day <= sealed.times.min()
    assert dataset.dropped_rows["looks ahead into the sealed rows"] == 2 * 4
    plan = plan_of(problem, dataset.rows)
    assert len(plan.folds) > 1
    for fold in plan.folds:
        learned = np.concatenate([fold.train, fold.stop])
        assert dataset.rows.times[learned].max() + 5 * day <= dataset.rows.times[fold.valid].min()


def test_series_of_any_size_count_alike(tmp_path: Path) -> None:
    """A store that sells a thousand times as much has the same targets."""
    table = sales()
    large = [value * (1000 if store == "b" else 1) for value, store in zip(table["sales"], table["store"], strict=True)]
    made = []
    for place, values in enumerate((table["sales"], large)):
        (tmp_path / str(place)).mkdir()
        made.append(collected(sales(sales=values), tmp_path / str(place), **WISHES)[1].rows.target)
    np.testing.assert_allclose(made[0], made[1], atol=1e-9)


def test_the_window_to_forecast_from_is_the_last_one() -> None:
    column = Column(name="sales", kind="series", shape=(3,), latest=True)
    time = Column(name="t", kind="number")
    schema = Schema(
        columns=(column,),
        target=Target(name="sales", task="forecast", several=("sales+1",)),
        folding=Folding(series="s", time=time, window=3, target="sales", horizon=1),
    )
    table = {"s": ["a", "b"] * 4, "t": [8, 1, 6, 2, 4, 3, 2, 4], "sales": [80, 1, 60, 2, 40, 3, 20, 4]}
    made = folded(schema, table)
    assert [list(each) for each in made["sales"]] == [[40, 60, 80], [2, 3, 4]]
    assert made["t"] == [8, 4]


def test_nodes_are_the_numbers() -> None:
    rng = np.random.default_rng(5)
    window = rng.normal(size=(50, 12)).cumsum(axis=1) * 10.0 ** rng.integers(-3, 4, (50, 1))
    window[rng.random(window.shape) < 0.1] = np.nan
    window[:3] = [[np.nan] * 12, [0.0] * 12, [5.0] * 12]
    scaled = rng.normal(size=(50, 6))
    folding = Folding(window=12, season=4, target="y", horizon=6)
    inputs = {"scaled": block_input(np.float64, 6), "window": block_input(np.float64, 12)}
    graph = compiled(inputs, looked_ahead(inputs["scaled"], inputs["window"], folding))
    made = Session(graph).run({"scaled": scaled, "window": window})
    values = whole(window)
    expected = seasonal(values, 4, 6) + scaled * spread(values, 4)[:, None]
    np.testing.assert_allclose(made["forecast"], expected, rtol=1e-12)
    np.testing.assert_allclose(made["spread"], spread(values, 4), rtol=1e-12)


def test_simple_methods_do_what_they_say() -> None:
    line = np.arange(20.0)[None]
    assert naive(line, 1, 3).tolist() == [[19, 19, 19]]
    np.testing.assert_allclose(drift(line, 1, 3), [[20, 21, 22]])
    wave = np.tile([0.0, 3.0, 1.0, -4.0], 6)[None]
    for name in ("seasonal naive", "ETS", "Theta"):
        np.testing.assert_allclose(METHODS[name](wave, 4, 6), [[0, 3, 1, -4, 0, 3]], atol=0.05, err_msg=name)
    assert abs(smoothing(line, 1, 1)[0, 0] - 20) < 1
    assert 19 < theta(line, 1, 1)[0, 0] < 20.5


def test_smoothing_is_linear_and_simple_smoothing_is_the_weighted_mean() -> None:
    rng = np.random.default_rng(6)
    windows = rng.normal(size=(4, 15))
    constants = Constants(0.3, 0.1, 0.2, 0.9)
    weights = smoothed(np.eye(15), 5, 3, constants)[0]
    np.testing.assert_allclose(smoothed(windows, 5, 3, constants)[0], windows @ weights, atol=1e-12)
    level = windows[:, 0]
    for t in range(1, 15):
        level = 0.3 * windows[:, t] + 0.7 * level
    np.testing.assert_allclose(smoothed(windows, 1, 2, Constants(0.3))[0], np.column_stack([level, level]))


def test_seasons_are_those_of_the_calendar_or_of_the_values() -> None:
    day = 86_400_000_000.0
    time = Column(name="t", kind="datetime")
    long = [np.random.default_rng(0).normal(size=500)]
    assert [
        season_of(long, every, months, time) for every, months in ((day, 0), (day / 24, 0), (7 * day, 0), (30 * day, 1))
    ] == [
        7,
        24,
        52,
        12,
    ]
    wave = [np.sin(2 * np.pi * np.arange(120) / 9) + np.random.default_rng(1).normal(size=120) * 0.1]
    assert season_of(wave, 1.0, 0, None) == 9
    assert season_of(long, 1.0, 0, None) == 1


@pytest.mark.parametrize(
    ("start", "months", "ahead", "said"),
    [
        ("2024-01-31", 1, 1, "2024-02-29"),
        ("2024-02-29", 1, 1, "2024-03-31"),
        ("2023-12-01", 1, 1, "2024-01-01"),
        ("2024-03-15", 3, 4, "2025-03-15"),
        ("2024-02-28", 0, 2, "2024-03-01"),
    ],
)
def test_moments_ahead_are_those_of_the_calendar(start: str, months: int, ahead: int, said: str) -> None:
    folding = Folding(time=Column(name="t", kind="datetime"), months=months, every=86_400_000_000.0, horizon=1)
    stamp = int(np.datetime64(start, "us").astype(np.int64))
    assert str(np.datetime64(moment(folding, stamp, ahead), "us"))[:10] == said


HOUR = 3_600_000_000.0


@pytest.mark.parametrize(
    ("origin", "every", "pattern", "said"),
    [
        ("2024-05-01 22:00:00", HOUR, None, ["2024-05-01 23:00:00", "2024-05-02 00:00:00"]),
        ("2024-05-01T22:00:00", HOUR, None, ["2024-05-01T23:00:00", "2024-05-02T00:00:00"]),
        ("2024-05-01", 24 * HOUR, None, ["2024-05-02", "2024-05-03"]),
        ("2024-05-01 00:00:00", HOUR / 7_200_000, None, ["2024-05-01 00:00:00.000500", "2024-05-01 00:00:00.001000"]),
        ("31.12.2024", 24 * HOUR, "%d.%m.%Y", ["01.01.2025", "02.01.2025"]),
        ("", 24 * HOUR, None, ["", ""]),
    ],
)
def test_moments_ahead_are_all_written_alike(origin: str, every: float, pattern: str | None, said: list[str]) -> None:
    time = Column(name="t", kind="datetime", format=pattern)
    schema = Schema(
        columns=(),
        target=Target(name="y", task="forecast"),
        folding=Folding(time=time, every=every, horizon=2),
    )
    made = Predictions(np.array([[1.0, 2.0]]), parts=("y+1", "y+2"))
    lines = as_text(schema, {"t": [origin]}, made, {}).splitlines()
    assert [line.split(",")[0] for line in lines] == ["t", *said]


@pytest.mark.parametrize(
    ("changes", "code", "hint"),
    [
        ({"series": None}, "NF-E221", "--series"),
        ({"time": None}, "NF-E361", "--time"),
        ({"target": "date"}, "NF-E213", "another target"),
        ({"target": "salse"}, "NF-E201", "columns are"),
        ({"forecast": 80}, "NF-E207", "look less far"),
        ({"validation": "kfold"}, "NF-E361", "leave --validation"),
        ({"task": "binary"}, "NF-E305", "leave --task"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, changes: dict[str, Any], code: str, hint: str) -> None:
    with pytest.raises((ColumnError, WishError)) as raised:
        problem_of(sales(), tmp_path, **WISHES | changes)
    assert isinstance(raised.value, NinefoldError)
    assert raised.value.code == code
    assert hint in raised.value.hint


def test_a_season_needs_a_forecast(tmp_path: Path) -> None:
    with pytest.raises(WishError, match="belongs to a forecast"):
        problem_of(sales(), tmp_path, target="sales", season=7)
