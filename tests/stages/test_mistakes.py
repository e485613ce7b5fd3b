"""Error analysis: what was planted among the errors is found, noise is told as no pattern, and no cell is shipped."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import shipping
from ninefold.core.clock import Clock
from ninefold.core.mistakes import Mistake, Mistakes
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.table import Array, Dataset, Rows, Sealed, write_rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling
from ninefold.evaluate.mistakes import LOSSES, Judgement, mistakes_of
from ninefold.evaluate.mistakes_view import tables, text
from ninefold.evaluate.patterns import Part, patterns
from ninefold.evaluate.residuals import bands_of, growth
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import NO_TIME

FOREVER = Clock()
Losses = NDArray[np.float64]


def alone(rows: int) -> Resampling:
    return Resampling(np.arange(rows))


def parts(rng: np.random.Generator, rows: int) -> list[Part]:
    """Four parts of each of ten columns."""
    drawn = rng.integers(4, size=(10, rows))
    return [(f"c{i}", f"v{v}", drawn[i] == v) for i in range(10) for v in range(4)]


def found(rng: np.random.Generator, losses: Losses, cut: list[Part]) -> tuple[str, ...] | None:
    told = patterns(losses, cut, alone(len(losses)), rng=rng, clock=FOREVER)
    return None if told is None else tuple(each.words for each in told)


def test_noise_is_not_told_as_a_pattern() -> None:
    rng = np.random.default_rng(0)
    told = [found(rng, rng.exponential(size=400), parts(rng, 400)) for _ in range(120)]
    assert None not in told
    assert sum(bool(words) for words in told) <= 11  # 6 are to be expected


def test_what_was_planted_is_found_two_conditions_deep() -> None:
    rng, hits = np.random.default_rng(1), 0
    for _ in range(20):
        cut = parts(rng, 2000)
        both = cut[9][2] & cut[22][2]  # c2 v1 and c5 v2
        losses = rng.exponential(1 + 4 * both)
        told = patterns(losses, cut, alone(2000), rng=rng, clock=FOREVER)
        assert told
        hits += set(told[0].words.split(" and ")) == {"c2 v1", "c5 v2"}
        assert told[0].loss > 2 * told[0].rest
    assert hits >= 18


def test_rows_of_a_group_do_not_confirm_one_another() -> None:
    rng, false = np.random.default_rng(2), 0
    how = Resampling(np.repeat(np.arange(60), 20))
    for _ in range(40):
        losses = np.repeat(rng.exponential(size=60), 20)
        cut = [(column, part, np.repeat(mask, 20)) for column, part, mask in parts(rng, 60)]
        false += bool(patterns(losses, cut, how, rng=rng, clock=FOREVER))
    assert false <= 8


def test_few_rows_and_no_time_find_nothing() -> None:
    rng = np.random.default_rng(3)
    assert found(rng, rng.exponential(size=60), parts(rng, 60)) is None
    assert patterns(np.ones(400), parts(rng, 400), alone(400), rng=rng, clock=Clock(0)) is None
    assert found(rng, np.ones(400), parts(rng, 400)) == ()
    assert found(rng, rng.exponential(size=400), []) == ()


# Residuals


def regressed(rng: np.random.Generator, rows: int, bias: float = 0.0, grows: float = 0.0) -> Answers:
    predicted = rng.uniform(0, 10, rows)
    y = predicted + rng.normal(size=rows) * (1 + grows * predicted) + bias * (predicted > 8)
    return Answers(y, predicted[:, None])


def test_a_biased_band_is_found_and_others_are_not() -> None:
    rng = np.random.default_rng(4)
    accused = [any(band.p <= 0.05 for band in bands_of(regressed(rng, 400), alone(400))) for _ in range(100)]
    assert sum(accused) <= 11
    bands = bands_of(regressed(rng, 1000, bias=1.0), alone(1000))
    assert [band.p <= 0.05 for band in bands] == [False] * 8 + [True] * 2
    assert all(band.bias_low < band.bias < band.bias_high for band in bands)
    assert bands[-1].bias == pytest.approx(1.0, abs=0.35) and sum(band.rows for band in bands) == 1000


def test_errors_that_grow_are_told_from_those_that_do_not() -> None:
    rng = np.random.default_rng(5)
    assert sum(growth(regressed(rng, 200), alone(200)) is not None for _ in range(100)) <= 11
    growing, shrinking = growth(regressed(rng, 400, grows=0.3), alone(400)), regressed(rng, 400, grows=0.3)
    assert growing is not None and growing > 0.2
    turned = growth(Answers(-shrinking.y, -shrinking.predictions), alone(400))
    assert turned is not None and turned < -0.2


def test_one_constant_prediction_is_one_band() -> None:
    answers = Answers(np.arange(90.0), np.full((90, 1), 44.5))
    (band,) = bands_of(answers, alone(90))
    assert band.rows == 90 and band.bias == 0 and growth(answers, alone(90)) is None


# The whole


COLUMNS = (
    Column(name="dose", kind="number"),
    Column(name="site", kind="category", levels=("a", "b")),
    Column(name="seen", kind="datetime"),
    Column(name="name", kind="id"),
)


def judgement(folder: Path, classes: tuple[str, ...], answers: Answers, train: Array) -> Judgement:
    rng, rows = np.random.default_rng(6), len(answers)

    def columns(count: int) -> dict[str, Array]:
        return {
            "dose": rng.normal(size=count),
            "site": rng.choice(np.array(["a", "b", ""], object), count),
            "seen": np.where(rng.random(count) < 0.1, NO_TIME, 86_400_000_000 * rng.integers(9, size=count)),
            "name": np.array([f"row {i}" for i in range(count)], object),
        }

    write_rows(Rows(columns(len(train)), train), folder / "train.parquet")
    sealed = Sealed(folder / "sealed.parquet", tuple(c.name for c in COLUMNS), rows)
    dataset = Dataset(COLUMNS, folder / "train.parquet", len(train), sealed, "table", "", "")
    problem = Problem(
        source="table",
        target="y",
        task="multiclass" if classes else "regression",
        task_why="",
        classes=classes,
        positive=None,
        metric="log_loss" if classes else "rmse",
        metric_why="",
        validation=Validation("stratified", 3),
        budget=Budget(),
        seed=0,
        holdout=0.2,
    )
    return Judgement(problem, dataset, Rows(columns(rows), answers.y), answers, alone(rows), ("dose", "site", "seen"))


def multiclass(rng: np.random.Generator, rows: int) -> Answers:
    """b is taken for c in every third row."""
    y = rng.integers(3, size=rows)
    labels = np.where((y == 1) & (np.arange(rows) % 3 == 0), 2, y)
    return Answers(y, np.eye(3)[labels] * 0.7 + 0.1, labels)


def test_the_worst_rows_come_first_with_the_cells_that_matter(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    judged = judgement(tmp_path, ("a", "b", "c"), multiclass(rng, 300), rng.integers(3, size=90))
    told = mistakes_of(judged, rng, FOREVER)
    assert told.columns == ("name", "dose", "site", "seen") and len(told.worst) == 20
    assert [each.rank for each in told.worst] == list(range(1, 21))
    assert {(each.truth, each.said) for each in told.worst} == {("b", "c (80%)")}
    assert all(each.loss == pytest.approx(-np.log(0.1)) for each in told.worst)
    first = int(told.worst[0].cells[0].removeprefix("row "))
    assert judged.rows.columns["site"][first] == told.worst[0].cells[2]
    assert [(each.true, each.decided) for each in told.mixups] == [("b", "c")]
    assert told.mixups[0].share == pytest.approx(1 / 3, abs=0.1) and told.bands == ()
    titles = [table.title for table in tables(told) if table]
    assert titles[0].startswith("Most often b is taken for c") and "20 sealed rows" in titles[-1]
    assert ("nothing held" in " ".join(text(told))) == (told.patterns == ())


def test_long_cells_say_that_they_go_on(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    judged = judgement(tmp_path, ("a", "b", "c"), multiclass(rng, 300), rng.integers(3, size=90))
    judged.rows.columns["site"][:] = "words " * 20
    cells = {worst.cells[2] for worst in mistakes_of(judged, rng, FOREVER).worst}
    assert cells == {"words " * 9 + "words…"}


def test_numbers_have_bands_and_no_mixups(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    answers = regressed(rng, 400, bias=3.0, grows=0.5)
    told = mistakes_of(judgement(tmp_path, (), answers, rng.normal(size=90)), rng, FOREVER)
    worst = np.argmax((answers.y - answers.predictions[:, 0]) ** 2)
    assert told.worst[0].error == pytest.approx(answers.y[worst] - answers.predictions[worst, 0])
    assert told.loss == "squared error"
    assert told.worst[0].loss == pytest.approx((answers.y[worst] - answers.predictions[worst, 0]) ** 2)
    assert told.mixups == () and len(told.bands) == 10
    title = next(table.title for table in tables(told) if table and "predict" in table.title.lower())
    assert "too low by" in title and "errors grow with the prediction" in title


def test_worst_forecasts_say_what_they_are_measured_from() -> None:
    worst = (Mistake(1, 4.0, "3.8, 3.4", "2.2, 1.9", ()),)
    for task, said in (("forecast", True), ("regression", False)):
        (table,) = filter(None, tables(Mistakes(LOSSES[task], (), worst)))
        assert ("distances from the seasonal naive forecast" in table.title) == said


@pytest.mark.parametrize("missing", [NO_TIME], ids=["no time"])
def test_missing_cells_are_empty(tmp_path: Path, missing: int) -> None:
    rng = np.random.default_rng(9)
    judged = judgement(tmp_path, ("a", "b", "c"), multiclass(rng, 300), rng.integers(3, size=90))
    told = mistakes_of(judged, rng, FOREVER)
    for each in told.worst:
        row = int(each.cells[0].removeprefix("row "))
        assert (each.cells[3] == "") == (judged.rows.columns["seen"][row] == missing)


def test_no_cell_of_the_worst_rows_reaches_the_bundle(tmp_path: Path) -> None:
    run = shipping.run(tmp_path / "run")
    secret = "Sealed Row, 9 Quiet Street"
    mistakes = Mistakes(("remark",), (Mistake(1, 3.0, "yes", "no", (secret,)),))
    telling = dataclasses.replace(run, evaluation=dataclasses.replace(run.evaluation, mistakes=mistakes))
    folder = telling.deploy().folder
    assert all(secret.encode() not in path.read_bytes() for path in folder.iterdir())
