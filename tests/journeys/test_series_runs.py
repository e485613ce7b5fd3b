"""The commands of docs/how-to/series.md and docs/how-to/forecast.md, from a table of moments to the served bundle."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from journey import CLEAN, ROOT, Ended, ended, only_run

import ninefold
from ninefold.core import book
from ninefold.core.results import Evaluation
from ninefold_runtime.forecasting import spread
from ninefold_runtime.loaded import load

FEW = ("--folds", 3, "--repeats", 1, "--work", 8, "-q")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def runtime(*words: object, cwd: Path) -> str:
    command = [sys.executable, "-m", "ninefold_runtime.cli", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=CLEAN, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def told_apart(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """Who walks is faster: two channels, series of different lengths, rows in any order."""
    cwd = tmp_path_factory.mktemp("sensors")
    rng = np.random.default_rng(0)
    lines = []
    for number in range(60):
        pace = 0.1 if number % 2 else 0.35
        phase = rng.uniform(0, 6)
        for t in range(int(rng.integers(24, 32))):
            x, y = np.sin(2 * np.pi * pace * t + phase) + rng.normal() * 0.2, rng.normal()
            lines.append(f"s{number},{t / 50},{x:.4f},{y:.4f},{'rest' if number % 2 else 'walk'}")
    lines = [lines[i] for i in rng.permutation(len(lines))]
    (cwd / "sensors.csv").write_text("id,t,x,y,activity\n" + "\n".join(lines) + "\n")
    command = ("run", "sensors.csv", "--target", "activity", "--time", "t", "--series", "id")
    return cwd, ended(*command, "--learner", "logistic_regression", *FEW, cwd=cwd)


def test_series_are_told_apart(told_apart: tuple[Path, Ended]) -> None:
    cwd, run = told_apart
    assert run.code == 0, run.err
    evaluation = book.read_noun(only_run(cwd), 7, Evaluation)
    assert evaluation.headline.value > 0.9
    assert evaluation.rows == 12
    assert evaluation.closer is not None and len(evaluation.closer.series) == 6
    assert {seen.column for seen in evaluation.closer.series} == {"x", "y"}
    assert "covered with the mean of the series" in (only_run(cwd) / "report.html").read_text()


def test_a_table_of_moments_is_predicted_series_by_series(told_apart: tuple[Path, Ended]) -> None:
    cwd, _ = told_apart
    made = ended("predict", "sensors.csv", cwd=cwd)
    assert (made.code, made.err) == (0, "")
    lines = table(made.out)
    assert len(lines) == 60
    right = [(int(line["id"][1:]) % 2 == 1) == (line["prediction"] == "rest") for line in lines]
    assert np.mean(right) > 0.9
    assert runtime("predict", only_run(cwd) / "bundle", "sensors.csv", cwd=cwd) == made.out
    watched = ended("watch", "sensors.csv", "--json", cwd=cwd)
    assert watched.code == 0, watched.out
    told = {column["name"] for column in watched.answer["columns"]}
    assert {"x level", "x spread", "x slope", "x length", "x missing"} <= told


def test_a_series_of_the_service_is_an_array(told_apart: tuple[Path, Ended]) -> None:
    """Alone, among others, as JSON and in columns: the answer is that of the long table."""
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.decode import Typed, loose

    cwd, _ = told_apart
    bundle = only_run(cwd) / "bundle"
    model, schema = load(bundle), read_bundle(bundle).schema
    rows = table((cwd / "sensors.csv").read_text())
    mine = sorted((row for row in rows if row["id"] == "s3"), key=lambda row: float(row["t"]))
    arrays = {name: [float(row[name]) for row in mine] for name in ("x", "y")}
    (alone,) = [line for line in table(ended("predict", "sensors.csv", cwd=cwd).out) if line["id"] == "s3"]
    one = model.predict_one(arrays)
    assert (one.prediction, one.notes) == (alone["prediction"], [])
    many = model.predict({name: [values, [*values[:3], None]] for name, values in arrays.items()})
    assert many.probabilities is not None
    assert many.probabilities[0].max() == pytest.approx(
        float(max(alone["probability:rest"], alone["probability:walk"]))
    )
    body = json.dumps({"rows": [arrays, arrays]}).encode()
    assert dict(Typed(schema).read(body) or {}) == dict(loose(body, schema))  # type: ignore[call-overload]
    assert model.predict({"x": ["no list"], "y": [arrays["y"]]}).notes[0].kind == "unreadable value"


def test_kernels_ship_and_read_series_of_any_length(tmp_path: Path) -> None:
    """A run of the learner alone: what its bundle says of new series, also of short ones and of such with gaps."""
    rng = np.random.default_rng(3)

    def lists(rows: int) -> dict[str, list[object]]:
        pace, moments = np.where(np.arange(rows) % 2, 0.3, 0.9), np.arange(40)
        values = np.sin(pace[:, None] * moments + rng.uniform(0, 6, (rows, 1))) + 0.2 * rng.normal(size=(rows, 40))
        given = [[round(v, 4) if rng.random() < 0.95 else None for v in row[: rng.integers(25, 41)]] for row in values]
        return {"x": list(given), "pace": ["slow" if number % 2 else "quick" for number in range(rows)]}

    wishes = {"learners": ["series_kernels"], "folds": 3, "repeats": 1, "work": 6}
    run = ninefold.run(pl.DataFrame(lists(60)), "pace", runs=tmp_path, **wishes)
    model, asked = load(run.bundle), lists(100)
    told = model.predict({"x": asked["x"]})
    assert np.mean(told.predictions == np.array(asked["pace"])) > 0.95
    assert model.predict_one({"x": [0.1]}).prediction in {"slow", "quick"}
    assert model.predict_one({"x": []}).prediction in {"slow", "quick"}


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """Two stores with a week's wave and a slow trend, one of them a hundred times as large."""
    cwd = tmp_path_factory.mktemp("sales")
    rng = np.random.default_rng(1)
    lines = [
        f"{date(2024, 1, 1) + timedelta(days=t)},{store},"
        f"{size * (10 + 0.02 * t + 3 * np.sin(2 * np.pi * t / 7) + rng.normal() * 0.5):.4f}"
        for store, size in (("small", 1), ("large", 100))
        for t in range(160)
    ]
    (cwd / "sales.csv").write_text("date,store,sales\n" + "\n".join(lines) + "\n")
    command = ("run", "sales.csv", "--target", "sales", "--time", "date", "--series", "store", "--forecast", 14)
    learners = ("--learner", "ridge_regression", "--learner", "exponential_smoothing")
    return cwd, ended(*command, *learners, "--work", 15, "-q", cwd=cwd)


def test_the_report_holds_backtests_against_simple_methods(ahead: tuple[Path, Ended]) -> None:
    cwd, run = ahead
    assert run.code == 0, run.err
    evaluation = book.read_noun(only_run(cwd), 7, Evaluation)
    assert evaluation.headline.metric == "mase"
    found = evaluation.forecasts
    assert found is not None
    methods = {each.name: each for each in found.methods}
    assert list(methods) == ["this model", "seasonal naive", "naive", "drift", "ETS", "Theta"]
    assert methods["this model"].mase == pytest.approx(evaluation.headline.value)
    assert methods["seasonal naive"].mase == pytest.approx(evaluation.headline.baseline)
    assert methods["this model"].mase < 0.9 * methods["seasonal naive"].mase
    assert methods["this model"].mase < methods["naive"].mase
    assert len(found.backtest.truth) == len(found.backtest.low) == 14
    assert found.worst is not None
    assert found.middle is not None
    for test in (found.backtest, found.worst, found.middle):
        assert test.mase <= found.worst.mase
        off = np.abs(np.array(test.truth) - test.said).mean()
        assert off == pytest.approx(test.mase * spread(np.array([test.past]), 7)[0])
        assert date.fromisoformat(test.first) >= date(2024, 5, 1)
    assert found.middle.mase < found.worst.mase
    page = (only_run(cwd) / "report.html").read_text("utf-8")
    assert "the last backtest" in page
    assert f"the worst of {found.origins} sealed windows, MASE {found.worst.mase:.2f}" in page
    assert "Theta" in page


def test_the_next_values_have_dates_and_intervals(ahead: tuple[Path, Ended]) -> None:
    cwd, _ = ahead
    made = ended("predict", "sales.csv", "--level", 0.9, cwd=cwd)
    assert (made.code, made.err) == (0, "")
    lines = table(made.out)
    assert len(lines) == 2 * 14
    assert [line["date"] for line in lines[:14]] == [str(date(2024, 6, 9) + timedelta(days=h)) for h in range(14)]
    for store, size in (("small", 1), ("large", 100)):
        own = [line for line in lines if line["store"] == store]
        days = 160 + np.arange(14)
        truth = size * (10 + 0.02 * days + 3 * np.sin(2 * np.pi * days / 7))
        said = np.array([float(line["prediction"]) for line in own])
        assert np.abs(said - truth).mean() < 0.6 * size
        low, high = (np.array([float(line[end]) for line in own]) for end in ("low", "high"))
        assert ((low < said) & (said < high)).all()
        assert np.mean((low < truth) & (truth < high)) > 0.8
    assert runtime("predict", only_run(cwd) / "bundle", "sales.csv", "--level", 0.9, cwd=cwd) == made.out


def test_the_last_window_may_come_as_an_array(ahead: tuple[Path, Ended]) -> None:
    cwd, _ = ahead
    model = load(only_run(cwd) / "bundle")
    rows = [row for row in table((cwd / "sales.csv").read_text()) if row["store"] == "small"]
    given = {"sales": [float(row["sales"]) for row in rows], "date": rows[-1]["date"]}
    one = model.predict_one(given)
    assert isinstance(one.prediction, dict)
    lines = [line for line in table(ended("predict", "sales.csv", cwd=cwd).out) if line["store"] == "small"]
    assert list(one.prediction.values()) == pytest.approx([float(line["prediction"]) for line in lines])
    assert msgspec.json.encode(one)


def test_the_pages_say_these_commands() -> None:
    pages = {name: (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8") for name in ("series", "forecast")}
    assert "ninefold run sensors.csv --target activity --time t --series id\n" in pages["series"]
    assert "ninefold run sales.csv --target sales --time date --series store --forecast 14\n" in pages["forecast"]
    assert "ninefold predict sales.csv --level 0.9\n" in pages["forecast"]
