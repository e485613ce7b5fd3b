"""Stage 1 with several targets, and how rows with them are kept, split and blended."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from rooms import collected, problem_of

from ninefold.api import run
from ninefold.cli import wishes as said
from ninefold.core.errors import NinefoldError, WishError
from ninefold.core.loss import loss
from ninefold.core.problem import Wishes
from ninefold.core.table import Array, Rows, one_number, read_rows, write_rows
from ninefold.forms.blend import blended, greedy
from ninefold.report.command import reproduce
from ninefold.runs import Order
from ninefold_runtime.schema import Task


def table(folder: Path, rows: int = 40) -> Path:
    rng = np.random.default_rng(0)
    lines = ["x,hot,wet,y1,y2,site"]
    for row in range(rows):
        x, y1, y2 = rng.normal(size=3)
        missing = "" if row == 7 else f"{y2:.3f}"
        lines.append(f"{x:.3f},{'yes' if x > 0 else 'no'},{int(y1 > 0.4)},{y1:.3f},{missing},{'pqr'[row % 3]}")
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_two_valued_targets_are_labels_and_numbers_are_values(tmp_path: Path) -> None:
    labels = problem_of(table(tmp_path), tmp_path, target=("wet", "hot"))
    assert (labels.task, labels.several, labels.labels) == ("multilabel", ("wet", "hot"), (("0", "1"), ("no", "yes")))
    assert (labels.classes, labels.outputs, labels.target) == ((), 2, "wet, hot")
    values = problem_of(table(tmp_path), tmp_path, target=("y1", "y2"))
    assert (values.task, values.metric, values.outputs) == ("multioutput", "relative_rmse", 2)
    assert problem_of(table(tmp_path), tmp_path, target=("y1", "wet"), task="multioutput").task == "multioutput"


def test_numbers_and_categories_go_together(tmp_path: Path) -> None:
    mixed = problem_of(table(tmp_path), tmp_path, target=("y1", "hot", "site"))
    assert (mixed.task, mixed.metric, mixed.outputs) == ("multitask", "relative_loss", 6)
    assert mixed.choices == ((), ("no", "yes"), ("p", "q", "r")) and mixed.levels == (1.0, 2.0, 3.0)
    assert problem_of(table(tmp_path), tmp_path, target=("y1", "wet")).choices == ((), ("0", "1"))
    classes = problem_of(table(tmp_path), tmp_path, target=("hot", "site"), task="classification")
    assert (classes.task, classes.choices) == ("multitask", (("no", "yes"), ("p", "q", "r")))


def test_targets_that_many_rows_lack_are_learned_from_the_others(tmp_path: Path) -> None:
    path = table(tmp_path, 80)
    lines = path.read_text("utf-8").splitlines()
    thin = [
        ",".join([*line.split(",")[:3], "" if n % 3 == 1 else line.split(",")[3], *line.split(",")[4:]])
        for n, line in enumerate(lines)
    ]
    path.write_text("\n".join([lines[0], *thin[1:]]) + "\n", "utf-8")
    problem, dataset = collected(path, tmp_path, target=("y1", "y2"))
    assert (problem.task, problem.task_why) == ("multitask", "many rows lack one of them")
    assert any("27 of 80 rows lack it" in note for note in problem.notes)
    whole = np.vstack([dataset.rows.target, dataset.sealed.open().target])
    assert np.isnan(whole).sum(axis=0).tolist() == [27, 1] and not np.isnan(whole).all(axis=1).any()
    strict, few = collected(path, tmp_path, target=("y1", "y2"), task="multioutput")
    assert strict.task == "multioutput" and few.train_rows + few.sealed.rows == 52


def test_a_tuple_of_one_is_one_target(tmp_path: Path) -> None:
    problem = problem_of(table(tmp_path), tmp_path, target=("hot",))
    assert (problem.task, problem.target, problem.several, problem.targets) == ("binary", "hot", (), ("hot",))


@pytest.mark.parametrize(
    ("wishes", "code", "told"),
    [
        ({"target": ("hot", "y1"), "sensitive": ("site",)}, "NF-E318", "groups"),
        ({"target": ("hot", "y1"), "task": "multilabel"}, "NF-E305", "two values"),
        ({"target": ("hot", "hot")}, "NF-E315", "twice"),
        ({"target": ("hot", "nope")}, "NF-E201", "nope"),
        ({"target": ("hot", "wet"), "positive": "yes"}, "NF-E306", "positive"),
        ({"target": ("y1", "y2"), "task": "multilabel"}, "NF-E305", "two values"),
        ({"target": ("hot", "y1"), "task": "multioutput"}, "NF-E305", "hot"),
        ({"target": ("y1", "y2"), "task": "binary"}, "NF-E305", "binary"),
        ({"target": ("y1", "y2"), "drop": ("y2",)}, "NF-E212", "y2"),
        ({"target": ("y1", "y2"), "metric": "rmse"}, "NF-E307", "multioutput"),
        ({"target": ("hot", "wet"), "costs": ((0.0, 1.0), (1.0, 0.0))}, "NF-E313", "one target"),
    ],
)
def test_what_cannot_be_is_refused(wishes: dict[str, object], code: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(NinefoldError, match=told) as caught:
        problem_of(table(tmp_path), tmp_path, **wishes)
    assert caught.value.code == code


def test_rows_without_one_of_the_targets_are_left_out_and_no_target_is_a_column(tmp_path: Path) -> None:
    problem, dataset = collected(table(tmp_path), tmp_path, target=("y1", "y2"))
    assert dataset.dropped_rows == {"not every target": 1}
    assert dataset.train_rows + dataset.sealed.rows == 39
    assert not set(problem.targets) & set(dataset.names)
    assert dataset.rows.target.shape == (dataset.train_rows, 2)


def test_groups_are_sealed_whole_with_several_targets(tmp_path: Path) -> None:
    _, dataset = collected(table(tmp_path), tmp_path, target=("hot", "wet"), group="site")
    learnt, held = dataset.rows.groups, dataset.sealed.open().groups
    assert learnt is not None and held is not None
    assert not set(learnt.tolist()) & set(held.tolist())
    assert dataset.rows.target.dtype == np.int64


def test_rows_with_several_targets_are_stored_and_read(tmp_path: Path) -> None:
    target = np.arange(24.0).reshape(2, 12).T
    rows = Rows({"x": np.arange(12.0)}, target)
    write_rows(rows, tmp_path / "rows.parquet")
    np.testing.assert_array_equal(read_rows(tmp_path / "rows.parquet", ("x",)).target, target)


def test_one_number_speaks_for_all_targets_whatever_their_units() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=(50, 2))
    np.testing.assert_allclose(one_number(y * [1.0, 1e6]), one_number(y), atol=1e-12)
    assert np.corrcoef(one_number(y), y[:, 0])[0, 1] > 0.5
    np.testing.assert_array_equal(one_number(y[:, 0]), y[:, 0])
    assert not one_number(np.ones((4, 2))).any()


def truths(task: Task, rng: np.random.Generator) -> tuple[Array, dict[int, Array]]:
    """A truth and four noisy predictions of it, one row of each unknown."""
    if task == "multilabel":
        y = rng.integers(0, 2, size=(200, 3))
        found = {i: 1 / (1 + np.exp(-((2 * y - 1) + (1 + 0.1 * i) * rng.normal(size=y.shape)))) for i in range(4)}
    else:
        y = rng.normal(size=(200, 3)) * [1.0, 10.0, 1000.0]
        found = {i: y + (0.5 + 0.1 * i) * rng.normal(size=y.shape) * [1.0, 10.0, 1000.0] for i in range(4)}
    for each in found.values():
        each[0] = np.nan
    return y, found


@pytest.mark.parametrize("task", ["multilabel", "multioutput"])
def test_a_blend_of_several_targets_beats_its_best_member(task: Task) -> None:
    y, predictions = truths(task, np.random.default_rng(1))
    weights = greedy(predictions, y, task, most=4)
    assert sum(weights.values()) == pytest.approx(1) and len(weights) > 1
    best = min(loss(task, y[1:], each[1:]) for each in predictions.values())
    assert loss(task, y[1:], blended(predictions, weights)[1:]) < best


def graded(folder: Path) -> Path:
    lines = ["x,visits,mood,grade,share"]
    for row in range(60):
        lines.append(f"{row % 17},{row % 13},{('low', 'medium', 'high')[row % 3]},{1 + row % 4},{row / 60:.3f}")
    path = folder / "graded.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_counts_and_ordered_classes_are_what_the_user_says(tmp_path: Path) -> None:
    count = problem_of(graded(tmp_path), tmp_path, target="visits", task="count")
    assert (count.task, count.metric, count.outputs) == ("count", "poisson_deviance", 1)
    mood = problem_of(graded(tmp_path), tmp_path, target="mood", order=("low", "medium", "high"))
    assert (mood.task, mood.metric, mood.classes) == ("ordinal", "quadratic_kappa", ("low", "medium", "high"))
    grade = problem_of(graded(tmp_path), tmp_path, target="grade", task="ordinal")
    assert (grade.task, grade.classes) == ("ordinal", ("1", "2", "3", "4"))
    assert grade.notes == mood.notes == ()


def test_quantiles_are_sorted_and_have_a_default(tmp_path: Path) -> None:
    asked = problem_of(graded(tmp_path), tmp_path, target="share", quantiles=(0.9, 0.25, 0.9))
    assert (asked.task, asked.quantiles, asked.metric, asked.outputs) == ("quantile", (0.25, 0.9), "mean_pinball", 2)
    usual = problem_of(graded(tmp_path), tmp_path, target="share", task="quantile")
    assert usual.quantiles == (0.1, 0.5, 0.9)


@pytest.mark.parametrize(
    ("wishes", "code", "told"),
    [
        ({"target": "share", "quantiles": (0.5, 1.0)}, "NF-E317", "between 0 and 1"),
        ({"target": "share", "quantiles": (0.5,), "task": "regression"}, "NF-E317", "regression"),
        ({"target": "mood", "quantiles": (0.5,)}, "NF-E305", "need numbers"),
        ({"target": ("share", "visits"), "quantiles": (0.5,)}, "NF-E305", "one target"),
        ({"target": "share", "task": "count"}, "NF-E305", "whole number"),
        ({"target": "mood", "task": "count"}, "NF-E305", "needs numbers"),
        ({"target": "mood", "task": "ordinal"}, "NF-E316", "order must be told"),
        ({"target": "mood", "order": ("low", "high")}, "NF-E316", "does not name the classes"),
        ({"target": "mood", "order": ("low", "low", "high")}, "NF-E316", "does not name the classes"),
        ({"target": "mood", "order": ("low", "medium", "high"), "task": "multiclass"}, "NF-E316", "multiclass"),
        ({"target": "visits", "task": "count", "metric": "mape"}, "NF-E307", "count"),
    ],
)
def test_counts_and_orders_that_are_none_are_refused(
    wishes: dict[str, object], code: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(NinefoldError, match=told) as caught:
        problem_of(graded(tmp_path), tmp_path, **wishes)
    assert caught.value.code == code


def test_wishes_with_several_targets_are_kept_for_resuming() -> None:
    for target in (None, "a", ("a", "b, c")):
        order = Order("t.csv", None, Wishes(target=target, quantiles=(0.1,), order=("x", "y")))
        assert msgspec.json.decode(msgspec.json.encode(order), type=Order) == order


def test_python_takes_a_list_of_targets(tmp_path: Path) -> None:
    with pytest.raises(WishError, match="hot") as caught:
        run(table(tmp_path), ["hot", "hot"], work=2, runs=tmp_path / "runs")
    assert caught.value.code == "NF-E315"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"target": ("y1", "y2")}, "--target y1 --target y2"),
        ({"target": "hot"}, "--target hot"),
        ({"target": "y1", "quantiles": (0.25, 0.5)}, "--quantiles 0.25,0.5"),
        ({"target": "site", "order": ("r", "q", "p")}, """--order '["r", "q", "p"]'"""),
    ],
)
def test_the_command_that_asks_again_names_all(wishes: dict[str, object], words: str, tmp_path: Path) -> None:
    assert words in reproduce(problem_of(table(tmp_path), tmp_path, **wishes))


def test_words_of_the_command_line_become_wishes() -> None:
    assert (said.target(None), said.target(["a"]), said.target(["a", "b"])) == (None, "a", ("a", "b"))
    assert said.order('["a, b", "c"]') == ("a, b", "c") and said.order("low, high") == ("low", "high")
    assert (said.order(None), said.quantiles(None), said.quantiles("0.1, 0.9")) == ((), (), (0.1, 0.9))
    for wrong in (lambda: said.order("[1, 2]"), lambda: said.quantiles("0.1,x")):
        with pytest.raises(WishError):
            wrong()
