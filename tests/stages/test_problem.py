"""Stage 1: wishes become a problem, or an error that says what to do."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rooms import problem_of

from ninefold.collect.stage import MOST_COLUMNS
from ninefold.core import parts
from ninefold.core.errors import ColumnError, NinefoldError, WishError
from ninefold.core.problem import Budget, Peek, Wishes
from ninefold.problem.target import target_of
from ninefold.problem.validation import MOST_SEALED, holdout_of
from ninefold.problem.view import view
from ninefold_runtime.schema import Column

RNG = np.random.default_rng(3)


def table(target: list[Any]) -> pl.DataFrame:
    rows = len(target)
    return pl.DataFrame({"x": RNG.normal(size=rows), "w": ["u", "v"] * (rows // 2) + ["u"] * (rows % 2), "y": target})


def repeated(values: list[Any], rows: int = 100) -> list[Any]:
    return (values * rows)[:rows]


# --- the task


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["no", "yes"], "binary", ("no", "yes")),
        ([0, 1], "binary", ("0", "1")),
        (["0", "1"], "binary", ("0", "1")),
        ([0.0, 1.0], "binary", ("0", "1")),
        ([True, False], "binary", ("false", "true")),
        ([1.5, 2.5], "binary", ("1.5", "2.5")),
        (["b", "a", "c"], "multiclass", ("a", "b", "c")),
        ([9, 10, 3, 4, 5, 6, 7], "multiclass", ("3", "4", "5", "6", "7", "9", "10")),
        ([0.1, 0.2, 0.3], "regression", ()),
        (list(range(40)), "regression", ()),
        ([f"{n},5" for n in range(30)], "regression", ()),
    ],
)
def test_the_task_follows_the_target(tmp_path: Path, values: list[Any], task: str, classes: tuple[str, ...]) -> None:
    problem = problem_of(table(repeated(values)), tmp_path, target="y")
    assert (problem.task, problem.classes) == (task, classes)
    assert problem.task_why
    assert problem.positive == (classes[-1] if task == "binary" else None)
    assert sum(problem.counts) == (100 if classes else 0)
    assert bool(problem.target_numbers) == (task == "regression")


def test_without_a_target_clusters_are_looked_for(tmp_path: Path) -> None:
    problem = problem_of(table(repeated(["b", "a"])), tmp_path, truth="y", clusters=3)
    assert (problem.task, problem.target, problem.classes, problem.outputs) == ("clustering", "", (), 1)
    assert (problem.untargeted, problem.sought, problem.metric) == (True, "clusters", "silhouette")
    assert (problem.truth, problem.truths, problem.clusters) == ("y", ("a", "b"), 3)
    assert problem.validation.scheme == "kfold"
    assert '3 of them · "y" is kept for comparison' in view(problem).sentence


def test_a_number_with_few_values_is_said(tmp_path: Path) -> None:
    frame = table(repeated([0, 1]))
    assert any("two values" in note for note in problem_of(frame, tmp_path, target="y").notes)
    assert problem_of(frame, tmp_path, target="y", task="regression").task == "regression"
    assert problem_of(table(repeated([*range(20)])), tmp_path, target="y", task="classification").outputs == 20


def test_a_count_of_rows_is_predicted_only_on_demand(tmp_path: Path) -> None:
    frame = table(list(range(100)))
    with pytest.raises(ColumnError) as caught:
        problem_of(frame, tmp_path, target="y")
    assert "--task regression" in caught.value.hint
    assert problem_of(frame, tmp_path, target="y", task="regression").task == "regression"


def test_the_positive_class_comes_last(tmp_path: Path) -> None:
    problem = problem_of(table(repeated(["good", "bad"])), tmp_path, target="y", positive="bad")
    assert (problem.classes, problem.positive) == (("good", "bad"), "bad")


# --- the metric


def binary(positives: int, rows: int = 1000) -> pl.DataFrame:
    return table(["yes"] * positives + ["no"] * (rows - positives))


@pytest.mark.parametrize(
    ("frame", "metric"),
    [
        (binary(300), "roc_auc"),
        (binary(199), "average_precision"),
        (binary(801), "average_precision"),
        (table(repeated(["a", "b", "c"])), "log_loss"),
        (table(RNG.normal(size=100).tolist()), "rmse"),
    ],
)
def test_the_metric_follows_the_task(tmp_path: Path, frame: pl.DataFrame, metric: str) -> None:
    problem = problem_of(frame, tmp_path, target="y")
    assert problem.metric == metric
    assert problem.metric_why


def test_accuracy_under_imbalance_is_warned_of(tmp_path: Path) -> None:
    assert any("97 %" in note for note in problem_of(binary(30), tmp_path, target="y", metric="accuracy").notes)
    assert problem_of(binary(400), tmp_path, target="y", metric="accuracy").notes == ()


def test_a_heavy_tail_is_said(tmp_path: Path) -> None:
    heavy = np.exp(RNG.normal(scale=3, size=300)).tolist()
    assert "mae" in problem_of(table(heavy), tmp_path, target="y").metric_why
    assert "mae" not in problem_of(table(RNG.normal(size=300).tolist()), tmp_path, target="y").metric_why


# --- validation


@pytest.mark.parametrize(
    ("frame", "wishes", "expected"),
    [
        (binary(300), {}, ("stratified", 5, 1)),
        (binary(100, 300), {}, ("stratified", 5, 2)),
        (binary(4, 700), {}, ("stratified", 3, 1)),
        (binary(3, 700), {}, ("stratified", 2, 1)),
        (table(RNG.normal(size=900).tolist()), {}, ("kfold", 5, 1)),
        (binary(300), {"validation": "repeated"}, ("repeated", 5, 3)),
        (binary(300), {"folds": 7, "repeats": 2}, ("stratified", 7, 2)),
        (binary(300), {"group": "w"}, ("group", 5, 1)),
        (binary(300), {"time": "x"}, ("time", 5, 1)),
    ],
)
def test_the_plan(tmp_path: Path, frame: pl.DataFrame, wishes: dict[str, Any], expected: tuple[str, int, int]) -> None:
    plan = problem_of(frame, tmp_path, target="y", **wishes).validation
    assert (plan.scheme, plan.folds, plan.repeats) == expected
    assert plan.why


def test_an_unknown_part_is_named_for_what_it_is() -> None:
    with pytest.raises(WishError, match='there is no learner "nonesuch"'):
        parts.find("ninefold.learners", "nonesuch")


@pytest.mark.parametrize("asked", [{}, {"validation": "time"}])
def test_who_orders_by_time_hears_that_the_column_is_kept_out(tmp_path: Path, asked: dict[str, Any]) -> None:
    (tmp_path / "kept").mkdir()
    out = problem_of(binary(300), tmp_path, target="y", time="x", **asked).validation.why
    kept = problem_of(binary(300), tmp_path / "kept", target="y", time="x", keep=("x",), **asked).validation.why
    assert '"x" itself is not learned from without --keep' in out
    assert "--keep" not in kept


def seen(rows: int, counts: dict[str, int]) -> Peek:
    columns = (Column(name="y", kind="category"), Column(name="x", kind="number"))
    return Peek("t.csv", "", rows, columns, target_counts=counts, target_distinct=len(counts))


def test_large_tables_seal_less() -> None:
    assert holdout_of(seen(1000, {}), Wishes()) == 0.2
    assert holdout_of(seen(10_000, {}), Wishes()) == 0.1
    assert holdout_of(seen(100_000, {}), Wishes()) == 0.05
    assert holdout_of(seen(5_000_000, {}), Wishes()) * 5_000_000 == pytest.approx(MOST_SEALED)
    assert holdout_of(seen(20_000, {"no": 19_000, "yes": 1_000}), Wishes()) == 0.1, "a hundred of the rarer class"
    assert holdout_of(seen(5_000_000, {}), Wishes(holdout=0.5)) == 0.5


def test_large_tables_have_three_folds() -> None:
    from ninefold.problem.validation import validation_of

    peek = seen(1_000_000, {"a": 500_000, "b": 500_000})
    assert validation_of(target_of(peek, Wishes(target="y")), 0.05, peek, Wishes()).folds == 3


# --- what cannot be

PLAIN = table(repeated(["a", "b"]))
THREE = table(repeated(["a", "b", "c"]))
NUMBERS = table(RNG.normal(size=100).tolist())

ERRORS: list[tuple[str, pl.DataFrame, dict[str, Any], str, str]] = [
    ("no target", PLAIN, {"task": "regression"}, "NF-E304", "x, w, y"),
    ("a target too many", PLAIN, {"target": "y", "task": "clustering"}, "NF-E304", "--truth y"),
    ("truth beside a target", PLAIN, {"target": "y", "truth": "w"}, "NF-E319", "--truth"),
    ("truth without groups", table(["a"] * 50), {"truth": "y"}, "NF-E213", "2 to 200"),
    ("no such truth", PLAIN, {"truth": "z"}, "NF-E201", "x, w, y"),
    ("clusters beside a target", PLAIN, {"target": "y", "clusters": 3}, "NF-E321", "--clusters"),
    ("an order of clusters", PLAIN, {"order": ("a", "b", "c")}, "NF-E304", "--target"),
    ("quantiles of clusters", PLAIN, {"quantiles": (0.5,)}, "NF-E304", "--target"),
    ("too many clusters", PLAIN, {"clusters": 51}, "NF-E321", "--clusters"),
    ("another metric of clusters", PLAIN, {"metric": "davies_bouldin"}, "NF-E307", "--metric"),
    ("unknown target", PLAIN, {"target": "Y "}, "NF-E201", 'did you mean "y"'),
    ("far from any column", PLAIN, {"target": "zzz"}, "NF-E201", "x, w, y"),
    ("target all missing", table([None] * 50), {"target": "y"}, "NF-E202", "another target"),
    ("target constant", table(["a"] * 50), {"target": "y"}, "NF-E203", "another target"),
    ("target unique", table([f"u{n}" for n in range(50)]), {"target": "y"}, "NF-E204", "repeat"),
    ("target of sentences", table([f"a few words {n}" for n in range(50)]), {"target": "y"}, "NF-E204", "repeat"),
    ("too many classes", table([f"u{n % 250}" for n in range(500)]), {"target": "y"}, "NF-E204", "group rare"),
    ("target of dates", table(repeated(["2024-01-31", "2024-02-01"])), {"target": "y"}, "NF-E211", "days until"),
    ("target nested", table([{"k": 1}] * 50), {"target": "y"}, "NF-E201", "another target"),
    ("target of series", table([[1]] * 50), {"target": "y"}, "NF-E211", "--forecast"),
    ("one row", table(["a"]), {"target": "y"}, "NF-E205", "at least 5 rows"),
    ("four rows", table(["a", "b", "a", "b"]), {"target": "y"}, "NF-E205", "at least 5 rows"),
    ("a class of two rows", table(["a"] * 48 + ["b"] * 2), {"target": "y"}, "NF-E205", "3 rows"),
    ("unknown group", PLAIN, {"target": "y", "group": "ww"}, "NF-E201", 'did you mean "w"'),
    ("unknown time", PLAIN, {"target": "y", "time": "t"}, "NF-E201", "columns are"),
    ("unknown drop", PLAIN, {"target": "y", "drop": ("q",)}, "NF-E201", "columns are"),
    ("unknown keep", PLAIN, {"target": "y", "keep": ("q",)}, "NF-E201", "columns are"),
    ("unknown sensitive", PLAIN, {"target": "y", "sensitive": ("q",)}, "NF-E201", "columns are"),
    ("kind of unknown", PLAIN, {"target": "y", "kinds": {"q": "number"}}, "NF-E201", "columns are"),
    ("unknown kind", PLAIN, {"target": "y", "kinds": {"x": "numbr"}}, "NF-E311", 'did you mean "number"'),
    ("drop the target", PLAIN, {"target": "y", "drop": ("y",)}, "NF-E212", "--drop"),
    ("drop and keep", PLAIN, {"target": "y", "drop": ("x",), "keep": ("x",)}, "NF-E212", "--drop"),
    ("unknown metric", PLAIN, {"target": "y", "metric": "rocauc"}, "NF-E301", 'did you mean "roc_auc"'),
    ("metric of another task", PLAIN, {"target": "y", "metric": "rmse"}, "NF-E307", "roc_auc"),
    ("metric of classes", NUMBERS, {"target": "y", "metric": "f1"}, "NF-E307", "rmse"),
    ("unknown task without a target", PLAIN, {"task": "anomly"}, "NF-E305", 'did you mean "anomaly"'),
    ("one target of several labels", PLAIN, {"target": "y", "task": "multilabel"}, "NF-E305", "each"),
    ("unknown task", PLAIN, {"target": "y", "task": "regresion"}, "NF-E305", 'did you mean "regression"'),
    ("regression of words", PLAIN, {"target": "y", "task": "regression"}, "NF-E305", "leave"),
    ("binary of three", THREE, {"target": "y", "task": "binary"}, "NF-E305", "multiclass"),
    ("unknown positive", PLAIN, {"target": "y", "positive": "A"}, "NF-E306", 'did you mean "a"'),
    ("positive of three", THREE, {"target": "y", "positive": "a"}, "NF-E306", "leave"),
    ("holdout of all", PLAIN, {"target": "y", "holdout": 1.0}, "NF-E308", "0.2"),
    ("unknown scheme", PLAIN, {"target": "y", "validation": "strat"}, "NF-E309", "stratified"),
    ("group without a column", PLAIN, {"target": "y", "validation": "group"}, "NF-E309", "--group"),
    ("stratified numbers", NUMBERS, {"target": "y", "validation": "stratified"}, "NF-E309", "kfold"),
    ("group and time", PLAIN, {"target": "y", "group": "w", "time": "x"}, "NF-E309", "leave one"),
    ("one fold", PLAIN, {"target": "y", "folds": 1}, "NF-E310", "--folds"),
    ("no repeats", PLAIN, {"target": "y", "repeats": 0}, "NF-E310", "--repeats"),
    ("more folds than rows", binary(6), {"target": "y", "folds": 8}, "NF-E205", "--folds 5"),
    ("unknown filling", PLAIN, {"target": "y", "missing": "medain"}, "NF-E311", 'did you mean "median"'),
    ("unknown scale", PLAIN, {"target": "y", "scale": "big"}, "NF-E311", "choose from"),
    ("no budget", PLAIN, {"target": "y", "budget": Budget(seconds=0)}, "NF-E312", "--budget"),
    ("no work", PLAIN, {"target": "y", "budget": Budget(seconds=None, work=0)}, "NF-E312", "--budget"),
    ("costs of three", PLAIN, {"target": "y", "costs": ((0, 1, 1), (1, 0, 1))}, "NF-E313", "a, b"),
    ("uneven costs", PLAIN, {"target": "y", "costs": ((0, 1), (1,))}, "NF-E313", "a, b"),
    ("endless costs", PLAIN, {"target": "y", "costs": ((0, 1), (float("nan"), 0))}, "NF-E313", "plain"),
    ("costs of numbers", NUMBERS, {"target": "y", "costs": ((0, 1), (1, 0))}, "NF-E313", "leave"),
    ("unknown learner", PLAIN, {"target": "y", "learners": ("nonesuch",)}, "NF-E301", ""),
    ("very wide", pl.DataFrame({f"c{n}": [0, 1] for n in range(10_000)}), {"target": "c0"}, "NF-E110", "choose"),
]


@pytest.mark.parametrize(("frame", "wishes", "code", "hint"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors_say_what_to_do(
    tmp_path: Path, frame: pl.DataFrame, wishes: dict[str, Any], code: str, hint: str
) -> None:
    with pytest.raises(NinefoldError) as caught:
        problem_of(frame, tmp_path, **wishes)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert caught.value.message


def test_good_costs_are_kept(tmp_path: Path) -> None:
    costs = ((0.0, 1.0), (5.0, 0.0))
    assert problem_of(PLAIN, tmp_path, target="y", costs=costs).costs == costs


def test_wide_tables_are_fine(tmp_path: Path) -> None:
    columns = {f"c{n}": ["1.5", "2"] * 5 for n in range(MOST_COLUMNS // 5)}
    assert problem_of(pl.DataFrame({**columns, "y": ["a", "b"] * 5}), tmp_path, target="y").task == "binary"


# --- the account


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (table([0] * 618 + [1] * 382), "yes/no · metric ROC AUC · 38.2 % y"),
        (table(["good"] * 60 + ["bad"] * 40), "yes/no · metric ROC AUC · 60 % good"),
        (table(["a"] * 50 + ["b"] * 30 + ["c"] * 20), "3 classes · metric log-loss · the rarest is 20 %"),
        (table([float(n) / 2 for n in range(101)]), "a number · metric RMSE · median 25, from 0 to 50"),
    ],
)
def test_the_sentence(tmp_path: Path, frame: pl.DataFrame, sentence: str) -> None:
    section = view(problem_of(frame, tmp_path, target="y"))
    assert section.sentence == sentence
    assert [fact.label for fact in section.facts] == ["Target", "Metric", "Validation"]
    assert all(fact.remark for fact in section.facts)
