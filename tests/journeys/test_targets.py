"""More than one plain target: from the command to predictions, for each task. Runs count work, so that they repeat."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journey import Ended, ended, noun, only_run

from asgi import fleet_of
from ninefold_runtime import load
from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.model import Prediction, Predictions
from ninefold_runtime.openapi import document
from ninefold_runtime.watch import watch_table
from ninefold_runtime.write import as_csv

COLUMNS = ("a", "b", "site")
TARGETS = ("hot", "wet, very", "y1", "y2")


def table(path: Path, rows: int = 260) -> Path:
    """Two numbers and a category; two yes/no targets, one with a comma in its name, and two numbers of other sizes."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, rows))
    site = rng.integers(4, size=rows)
    noise = rng.normal(size=(4, rows))
    hot = np.where(a + 0.7 * site + 0.5 * noise[0] > 1, "yes", "no")
    wet = (b - a + 0.5 * noise[1] > 1.0).astype(int)
    y1, y2 = 2 * a + b + 0.2 * noise[2], 1000 * (a - site) + 100 * noise[3]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([*COLUMNS, *TARGETS])
        lines.writerows(zip(a.round(4), b.round(4), np.array(list("pqrs"))[site], hot, wet, y1, y2, strict=True))
    return path


@dataclass(frozen=True)
class Made:
    ended: Ended
    cwd: Path

    @property
    def folder(self) -> Path:
        return only_run(self.cwd)

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"


def made(cwd: Path, targets: tuple[str, ...]) -> Made:
    words = [word for name in targets for word in ("--target", name)]
    words += [word for name in TARGETS if name not in targets for word in ("--drop", name)]
    words += ["--learner", "lightgbm", "--learner", "logistic_regression", "--learner", "ridge_regression"]
    done = ended("run", table(cwd / "table.csv"), *words, "--work", "15", "--folds", "3", cwd=cwd)
    assert done.code == 0, done.err
    return Made(done, cwd)


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("labels"), TARGETS[:2])


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("values"), TARGETS[2:])


ROW = {"a": 2.5, "b": -2.0, "site": "s"}


def test_labels_are_learned_each_for_itself(labels: Made) -> None:
    assert noun(labels.folder, 1)["task"] == "multilabel"
    assert noun(labels.folder, 1)["labels"] == [["no", "yes"], ["0", "1"]]
    evaluation = noun(labels.folder, 7)
    assert evaluation["headline"]["low"] > evaluation["headline"]["baseline"]
    assert {score["metric"] for score in evaluation["scores"]} >= {"roc_auc", "hamming_loss", "subset_accuracy", "f1"}
    alone = {each["target"]: each["score"] for each in evaluation["targets"] if each["score"]["metric"] == "roc_auc"}
    assert set(alone) == set(TARGETS[:2]) and min(each["low"] for each in alone.values()) > 0.6


def test_labels_are_predicted_with_the_probability_of_yes(labels: Made) -> None:
    model = load(labels.bundle)
    one, many = model.predict_one(ROW), model.predict([ROW, {"a": -3.0, "b": 3.0, "site": "p"}])
    assert one.prediction == {"hot": "yes", "wet, very": "0"}
    assert many.predictions.tolist() == [["yes", "0"], ["no", "1"]]
    assert many.probabilities is not None and one.probabilities is not None
    assert list(one.probabilities.values()) == pytest.approx(many.probabilities[0].tolist(), abs=1e-12)
    assert one.probabilities["hot"] > 0.8
    assert one.probabilities["wet, very"] < 0.2
    assert len(model.predict({name: [] for name in COLUMNS})) == 0


def test_values_are_learned_in_their_own_units(values: Made) -> None:
    assert noun(values.folder, 1)["task"] == "multioutput"
    evaluation = noun(values.folder, 7)
    assert evaluation["headline"]["metric"] == "relative_rmse"
    assert evaluation["headline"]["high"] < 0.6 < evaluation["headline"]["baseline"]
    made = load(values.bundle).predict_one(ROW)
    assert isinstance(made.prediction, dict) and made.probabilities is None
    assert made.prediction["y1"] == pytest.approx(3.0, abs=1.5)
    assert made.prediction["y2"] == pytest.approx(-500, abs=900)


@pytest.mark.parametrize("kind", ["labels", "values"])
def test_the_graph_is_proven_and_no_target_is_an_input(kind: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(kind)
    model = noun(run.folder, 6)
    assert model["parity"]["largest_difference"] <= 1e-9 and model["parity"]["labels_equal"]
    assert set(model["columns"]) == set(COLUMNS)


@pytest.mark.parametrize("kind", ["labels", "values"])
def test_the_report_and_the_screen_name_the_targets(kind: str, request: pytest.FixtureRequest) -> None:
    run, targets = request.getfixturevalue(kind), TARGETS[:2] if kind == "labels" else TARGETS[2:]
    report = (run.folder / "report.html").read_text("utf-8")
    assert "Each target alone" in report
    assert ", ".join(targets) in run.ended.out
    assert all(f"--target {name}" in report or f"&#39;{name}&#39;" in report for name in targets)


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("labels", ["prediction:hot", "prediction:wet, very", "probability:hot", "probability:wet, very"]),
        ("values", ["prediction:y1", "prediction:y2"]),
    ],
)
def test_csv_has_a_column_for_each(kind: str, headings: list[str], request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(kind)
    done = ended("predict", run.bundle, run.cwd / "table.csv", cwd=run.cwd)
    assert done.code == 0 and all("in training, never" in line for line in done.err.splitlines())
    lines = list(csv.reader(done.out.splitlines()))
    assert lines[0] == headings
    assert len(lines) == 261 and {len(line) for line in lines} == {len(headings)}


@pytest.mark.parametrize("kind", ["labels", "values"])
def test_the_service_describes_and_watches_them(kind: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(kind)
    bundle = read_bundle(run.bundle)
    App(fleet_of(bundle))
    answer = document(bundle.schema, "model", "1")["components"]["schemas"]["Answer"]["properties"]["predictions"][
        "items"
    ]
    assert answer["properties"]["prediction"]["required"] == list(bundle.schema.target.several)
    assert ("probabilities" in answer["properties"]) == (kind == "labels")
    rows = list(csv.DictReader((run.cwd / "table.csv").read_text("utf-8").splitlines()))
    report = watch_table(bundle, {name: [row[name] for row in rows] for name in rows[0]})
    assert not report.drifted and len(report.scores) == 2
    assert {note.kind for note in report.notes} <= {"out of range"}


def test_the_same_work_gives_the_same_model(labels: Made, tmp_path: Path) -> None:
    again = made(tmp_path, TARGETS[:2])
    assert noun(again.folder, 6)["digest"] == noun(labels.folder, 6)["digest"]


def test_a_number_and_a_label_that_few_rows_have_go_together(tmp_path: Path) -> None:
    path = table(tmp_path / "table.csv")
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    hot = rows[0].index("hot")
    thin = [[*row[:hot], row[hot] if n % 3 == 0 else "", *row[hot + 1 :]] for n, row in enumerate(rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(thin)
    words = ["--target", "y2", "--target", "hot", "--drop", "y1", "--drop", TARGETS[1], "--folds", "3", "--work", "13"]
    done = ended("run", path, *words, "--learner", "decision_tree", "--learner", "multi_task", cwd=tmp_path)
    assert done.code == 0, done.err
    folder = only_run(tmp_path)
    problem, evaluation = noun(folder, 1), noun(folder, 7)
    assert (problem["task"], problem["choices"]) == ("multitask", [[], ["no", "yes"]])
    assert evaluation["headline"]["metric"] == "relative_loss" and evaluation["headline"]["value"] < 0.8
    assert {each["target"] for each in evaluation["targets"]} == {"y2", "hot"}
    assert {(each["target"], each["where"]) for each in evaluation["sharing"]["targets"]} >= {
        ("y2", "validation"),
        ("y2", "sealed"),
        ("hot", "validation"),
        ("hot", "sealed"),
    }
    assert evaluation["inside"]["trainings"]
    report = (folder / "report.html").read_text("utf-8")
    assert "one for all targets, or one for each?" in report and "gradients, layer by layer" in report
    made = load(folder / "bundle").predict_one(ROW)
    assert isinstance(made.prediction, dict) and isinstance(made.prediction["y2"], float)
    assert made.prediction["hot"] == "yes" and made.probabilities is not None
    assert list(made.probabilities) == ["hot=no", "hot=yes"]
    told = ended("predict", folder / "bundle", path, cwd=tmp_path)
    assert told.out.splitlines()[0] == "prediction:y2,prediction:hot,probability:hot=no,probability:hot=yes"
    watched = watch_table(
        read_bundle(folder / "bundle"), {name: [row[i] for row in thin[1:]] for i, name in enumerate(thin[0])}
    )
    assert not watched.drifted and len(watched.scores) == 3


def ranked(path: Path, rows: int = 200) -> Path:
    """Counts, ordered words and an amount that spreads, all of two numbers and a category."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, rows))
    site = rng.integers(3, size=rows)
    visits = rng.poisson(np.exp(0.7 + 0.7 * a - 0.4 * site))
    mood = np.array(["low", "medium", "high"])[np.digitize(a - b + 0.4 * rng.normal(size=rows), [-0.8, 0.8])]
    amount = 50 + 10 * a + 5 * b * site + 3 * rng.normal(size=rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([*COLUMNS, "visits", "mood", "amount"])
        lines.writerows(zip(a, b, np.array(list("pqr"))[site], visits, mood, amount, strict=True))
    return path


OWN = ("poisson_regression", "ordinal_regression", "quantile_regression")
SINGLE = {
    "count": ("visits", ("--task", "count"), ("mood", "amount")),
    "ordinal": ("mood", ("--order", "low,medium,high"), ("visits", "amount")),
    "quantile": ("amount", ("--quantiles", "0.1,0.5,0.9"), ("visits", "mood")),
}


@pytest.mark.parametrize("task", SINGLE)
def test_counts_ordered_classes_and_quantiles(task: str, tmp_path: Path) -> None:
    target, words, others = SINGLE[task]
    words += tuple(word for name in others for word in ("--drop", name))
    words += ("--learner", "lightgbm", "--learner", "ridge_regression", "--learner", "logistic_regression")
    words += tuple(word for name in OWN for word in ("--learner", name))
    table = ranked(tmp_path / "table.csv")
    done = ended("run", table, "--target", target, *words, "--work", "15", "--folds", "3", cwd=tmp_path)
    assert done.code == 0, done.err
    folder = only_run(tmp_path)
    assert noun(folder, 1)["task"] == task
    score = noun(folder, 7)["headline"]
    assert score["low"] > score["baseline"] if score["higher_is_better"] else score["high"] < score["baseline"]
    assert noun(folder, 6)["parity"]["largest_difference"] <= 1e-9
    assert target in (folder / "report.html").read_text("utf-8")
    model = load(folder / "bundle")
    made = model.predict([ROW | {"site": "q"}, {"a": -9.0, "b": 9.0, "site": "r"}])
    one = model.predict_one(ROW | {"site": "q"})
    report = watch_table(read_bundle(folder / "bundle"), columns(table))
    assert not report.drifted
    CHECKED[task](noun(folder, 7), made, one)


def columns(path: Path) -> dict[str, list[str]]:
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    return {name: [row[name] for row in rows] for name in rows[0]}


def counts(evaluation: dict[str, Any], made: Predictions, one: Prediction) -> None:
    assert {score["metric"] for score in evaluation["scores"]} >= {"poisson_deviance", "rmse", "r2"}
    assert made.predictions.shape == (2,) and (made.predictions >= 0).all()
    assert one.prediction == pytest.approx(float(made.predictions[0]))
    assert made.predictions[0] > 2 > made.predictions[1]


def grades(evaluation: dict[str, Any], made: Predictions, one: Prediction) -> None:
    assert evaluation["headline"]["metric"] == "quadratic_kappa"
    assert made.classes == ("low", "medium", "high")
    assert made.predictions.tolist() == ["high", "low"] and one.prediction == "high"


def quantiles(evaluation: dict[str, Any], made: Predictions, one: Prediction) -> None:
    assert made.parts == ("0.1", "0.5", "0.9") and made.predictions.shape == (2, 3)
    assert (np.diff(made.predictions, axis=1) >= 0).all()
    assert isinstance(one.prediction, dict) and list(one.prediction) == ["0.1", "0.5", "0.9"]
    observed = [each["observed"] for each in evaluation["coverage"]]
    assert observed == sorted(observed) and observed[0] < 0.5 < observed[2]
    assert as_csv(made).splitlines()[0] == "prediction:0.1,prediction:0.5,prediction:0.9"


CHECKED = {"count": counts, "ordinal": grades, "quantile": quantiles}
