"""What a student learns: the teacher's answers beside the truth, shares of classes, and rows that are made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bundles
from ninefold.core.clock import Clock
from ninefold.core.errors import WishError
from ninefold.core.lesson import Lesson, read_lesson
from ninefold.core.problem import Limits, Teaching
from ninefold.core.protocols import Examples
from ninefold.core.table import Array, Rows
from ninefold.core.workshop import Workshop
from ninefold.crew.teaching import taught
from ninefold.distil import Distilling, distil, students_of, temperature_of
from ninefold.learners.lightgbm import LightGBM
from ninefold.learners.logistic_regression import LogisticRegression
from ninefold.select.making import made_of
from ninefold.train.calibrating import taught as undone
from ninefold_runtime.schema import Column, Kind, Schema, Target, Task

NOTHING = Rows({"a": np.zeros(0)}, np.zeros(0))


def examples(task: Task, y: Array, outputs: int) -> Examples:
    return Examples(np.arange(float(len(y)))[:, None], y, task, outputs, ("a",))


def learned(data: Examples, answers: Array, how: Teaching, made: Array | None = None) -> Examples:
    said = np.full((0 if made is None else len(made), answers.shape[1]), 0.5)
    return taught(data, Lesson(answers, NOTHING, said), how, made, np.random.default_rng(0))


def test_true_rows_are_partly_the_truth_and_made_ones_the_teachers_alone() -> None:
    answers = np.array([[0.9, 0.1], [0.4, 0.6]])
    out = learned(examples("binary", np.array([0, 0]), 2), answers, Teaching("t", mix=0.5), np.array([[7.0]]))
    assert out.shares is not None
    np.testing.assert_allclose(out.shares, [[0.95, 0.05], [0.7, 0.3], [0.5, 0.5]])
    np.testing.assert_array_equal(out.x[:, 0], [0, 1, 7])
    np.testing.assert_allclose(answers, [[0.9, 0.1], [0.4, 0.6]])


def test_values_are_blended_and_several_of_them_each_for_itself() -> None:
    out = learned(examples("regression", np.array([1.0, 2.0]), 1), np.array([[3.0], [2.0]]), Teaching("t", mix=0.25))
    np.testing.assert_allclose(out.y, [1.5, 2.0])
    assert out.shares is None
    several = learned(
        examples("multioutput", np.ones((2, 2)), 2), np.array([[3.0, 1.0], [1.0, 5.0]]), Teaching("t", 0.9)
    )
    np.testing.assert_allclose(several.y, [[2.8, 1.0], [1.0, 4.6]])


def test_several_classes_at_once_have_a_share_of_yes_each() -> None:
    y = np.array([[0, 1], [1, 0]])
    out = learned(examples("multilabel", y, 2), np.array([[0.2, 0.8], [0.5, 0.5]]), Teaching("t", mix=1.0))
    assert out.shares is not None
    np.testing.assert_allclose(out.shares, [[0.2, 0.8], [0.5, 0.5]])
    assert out.y.shape == (2, 2)
    assert set(out.y.ravel()) <= {0, 1}


def test_a_temperature_softens_and_calibration_undoes_it() -> None:
    answers = np.array([[0.99, 0.01]])
    out = learned(examples("binary", np.array([0]), 2), answers, Teaching("t", mix=1.0, temperature=2.0))
    assert out.shares is not None
    odds = out.shares[0, 0] / out.shares[0, 1]
    assert odds == pytest.approx(99**0.5)
    how = undone(Teaching("t", 0.9, temperature=2.0))
    assert how.parameters == (0.5,)
    assert odds ** (1 / how.parameters[0]) == pytest.approx(99)
    assert undone(Teaching("t", 0.9)).kind == "none"


def test_labels_are_drawn_by_the_shares_for_learners_that_take_none() -> None:
    shares = np.tile([0.1, 0.2, 0.7], (20_000, 1))
    out = learned(examples("multiclass", np.zeros(len(shares), np.int64), 3), shares, Teaching("t", mix=1.0))
    np.testing.assert_allclose(np.bincount(out.y) / len(out.y), [0.1, 0.2, 0.7], atol=0.01)
    assert out.y.dtype == np.int64


def test_a_lesson_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("run"))
    workshop.teacher.mkdir()
    assert read_lesson(workshop, ("a",)) is None
    lesson = Lesson(np.array([[0.3, 0.7]]), Rows({"a": np.array(["", "x"], object)}, np.zeros(2)), np.full((2, 2), 0.5))
    lesson.write(workshop)
    again = read_lesson(workshop, ("a",))
    assert again is not None
    np.testing.assert_array_equal(again.answers, lesson.answers)
    assert again.made.columns["a"].tolist() == ["", "x"]


def steps(outputs: int) -> tuple[Array, Array]:
    """A number, and the shares of classes that a row with it has: they change in two steps."""
    x = np.repeat(np.arange(60.0), 10)
    rising = np.select([x < 20, x < 40], [0.15, 0.4], 0.85)
    return x[:, None], np.column_stack([1 - rising, *[rising / (outputs - 1)] * (outputs - 1)])


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize(("learner", "far"), [(LightGBM(trees=60, learning_rate=0.2, min_rows=5, bagging=1.0), 0.01)])
def test_boosting_learns_shares_exactly_where_one_label_each_would_be_noise(
    learner: LightGBM, far: float, outputs: int
) -> None:
    x, shares = steps(outputs)
    rng = np.random.default_rng(1)
    y = (shares.cumsum(axis=1) < rng.random(len(x))[:, None]).sum(axis=1)
    data = Examples(x, y, "binary" if outputs == 2 else "multiclass", outputs, ("a",), shares=shares)
    said = learner.fit(data, rng=np.random.default_rng(0), clock=Clock()).predict(x)
    assert np.abs(said - shares).max() < far
    by_labels = Examples(x, y, data.task, outputs, ("a",))
    drawn = learner.fit(by_labels, rng=np.random.default_rng(0), clock=Clock()).predict(x)
    assert np.abs(drawn - shares).max() > 5 * far


@pytest.mark.parametrize("outputs", [2, 3])
def test_logistic_regression_of_shares_is_that_of_rows_repeated_as_often(outputs: int) -> None:
    rng = np.random.default_rng(2)
    x, often = rng.normal(size=(40, 2)), rng.integers(1, 5, size=(40, outputs))
    often[:, 0] = 10 - often[:, 1:].sum(axis=1)
    task: Task = "binary" if outputs == 2 else "multiclass"
    y = np.tile(np.arange(outputs), 40)
    whole = Examples(x.repeat(10, axis=0), y.repeat(often.ravel()), task, outputs, ("a", "b"))
    shares = Examples(x, np.arange(40) % outputs, task, outputs, ("a", "b"), shares=often / 10)
    told, known = (  # the penalty is per row, of which the repeated ones are ten times as many
        LogisticRegression(c=c).fit(each, rng=np.random.default_rng(0), clock=Clock()).predict(x)
        for c, each in ((3.0, shares), (0.3, whole))
    )
    np.testing.assert_allclose(told, known, atol=1e-4)


COLUMNS = (
    Column(name="number", kind="number"),
    Column(name="class", kind="category"),
    Column(name="when", kind="datetime"),
)


def table(count: int) -> Rows:
    rng = np.random.default_rng(3)
    number = rng.normal(size=count)
    number[::7] = np.nan
    kind = np.where(np.nan_to_num(number) > 0, "over", "under").astype(object)
    when = (rng.integers(0, 9, count) * 86_400_000_000).astype(np.int64)
    return Rows({"number": number, "class": kind, "when": when}, np.zeros(count, np.int64))


def test_made_rows_are_cells_of_a_row_and_of_one_near_it() -> None:
    rows = table(300)
    made = made_of(rows, COLUMNS, 700, np.random.default_rng(4))
    assert len(made) == 700
    for name, values in made.columns.items():
        assert values.dtype == rows.columns[name].dtype
        known = set(rows.columns[name][~_missing(rows.columns[name])].tolist())
        assert set(values[~_missing(values)].tolist()) <= known
    fits = (np.nan_to_num(made.columns["number"]) > 0) == (made.columns["class"] == "over")
    assert fits.mean() > 0.9  # of rows shuffled apart about half would
    own = set(zip(*(values.astype(str).tolist() for values in rows.columns.values()), strict=True))
    new = set(zip(*(values.astype(str).tolist() for values in made.columns.values()), strict=True))
    assert len(new - own) > 20


def test_made_images_are_moved_a_little_and_keep_their_edges() -> None:
    images = np.random.default_rng(6).integers(0, 256, (30, 20, 10, 3)).astype(np.uint8)
    rows = Rows({"photo": images}, np.zeros(30, np.int64))
    column = Column(name="photo", kind="image", shape=(20, 10, 3))
    made = made_of(rows, (column,), 200, np.random.default_rng(7)).columns["photo"]
    assert (made.dtype, made.shape) == (np.uint8, (200, 20, 10, 3))
    assert {_step(each, images) for each in made} == {(dy, dx) for dy in range(-2, 3) for dx in (-1, 0, 1)}


def _step(image: Array, images: Array) -> tuple[int, int]:
    """How an image was moved, by what is not near its edges."""
    for dy in range(-2, 3):
        for dx in (-1, 0, 1):
            inside = images[:, 2 + dy : 18 + dy, 1 + dx : 9 + dx]
            if (inside == image[2:18, 1:9]).all(axis=(1, 2, 3)).any():
                return dy, dx
    raise AssertionError("it was changed otherwise")


def _missing(values: Array) -> Array:
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), np.bool_)


@pytest.mark.parametrize(("rows", "count"), [(300, 0), (5, 100)])
def test_no_rows_are_made_where_none_are_wanted_or_there_are_no_neighbours(rows: int, count: int) -> None:
    assert len(made_of(table(rows), COLUMNS, count, np.random.default_rng(0))) == 0


@pytest.mark.parametrize(
    ("kind", "limits", "who"),
    [
        ("number", Limits(), ("lightgbm", "logistic_regression")),
        ("image", Limits(), ("lightgbm", "logistic_regression", "cnn")),
        ("series", Limits(bytes=9), ("lightgbm", "logistic_regression", "series_cnn")),
        ("text", Limits(int8=True), ("text_cnn",)),
        ("number", Limits(int8=True), ("mlp",)),
    ],
)
def test_who_learns_where_nothing_is_said(kind: Kind, limits: Limits, who: tuple[str, ...]) -> None:
    pytest.importorskip("torch")
    columns = (Column(name="a", kind="number"), Column(name="b", kind=kind))
    schema = Schema(columns=columns, target=Target(name="y", task="binary", classes=("no", "yes")))
    assert students_of(schema, Distilling(limits=limits)) == who


@pytest.mark.parametrize(
    ("kind", "classes", "asked", "softened"),
    [("image", 3, None, 5.0), ("image", 2, None, 1.0), ("number", 3, None, 1.0), ("image", 3, 1.5, 1.5)],
)
def test_what_a_teacher_of_images_says_is_made_softer(
    kind: Kind, classes: int, asked: float | None, softened: float
) -> None:
    target = Target(name="y", task="multiclass", classes=tuple("abc"[:classes]))
    schema = Schema(columns=(Column(name="a", kind=kind),), target=target)
    assert temperature_of(schema, asked) == softened


@pytest.mark.parametrize("task", ["multitask", "quantile"])
def test_what_no_student_learns_is_refused_before_a_run_is_made(task: str, tmp_path: Path) -> None:
    teacher, runs = bundles.write(tmp_path / "teacher", task), tmp_path / "runs"
    with pytest.raises(WishError, match=f"a model of the task {task} has nothing that a student learns"):
        distil(teacher, Distilling({"a": [1.0]}), runs)
    assert not runs.exists()
