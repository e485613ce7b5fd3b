"""The one graph: what it decides, that it is proven, and who is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rooms import context

from ninefold.core.clock import Clock
from ninefold.core.errors import NoModelError
from ninefold.core.lesson import TAUGHT
from ninefold.core.problem import Budget, Limits, Problem, Validation, Wishes
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.results import Calibration, Member, Trial
from ninefold.core.shipping import on_all_rows
from ninefold.core.table import Array
from ninefold.core.workshop import Workshop, save_array
from ninefold.forms.calibration import best_temperature, calibrated, calibration_graph
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold.runs import Run, run
from ninefold.train.blueprint import Blueprint
from ninefold.train.calibrating import calibration_of
from ninefold.train.deciding import Decision, decision_of
from ninefold.train.gate import make_gate, parity
from ninefold.train.limits import exceeded
from ninefold.train.members import Members
from ninefold.train.view import view


def problem(classes: int, **more: object) -> Problem:
    asked = {
        "source": "", "target": "y", "task": "binary" if classes == 2 else "multiclass", "task_why": "",
        "classes": tuple("abcdefg"[:classes]), "positive": None, "metric": "log_loss", "metric_why": "",
        "validation": Validation("kfold", 5), "budget": Budget(), "seed": 0, "holdout": 0.2,
    }  # fmt: skip
    return Problem(**(asked | more))  # type: ignore[arg-type]


def chances(rng: np.random.Generator, rows: int, classes: int) -> Array:
    return rng.dirichlet(np.ones(classes), rows)


def drawn(rng: np.random.Generator, probabilities: Array) -> Array:
    return np.array([rng.choice(len(p), p=p) for p in probabilities])


@pytest.mark.parametrize("classes", [2, 4])
def test_temperature_is_found_and_is_the_same_in_the_graph(classes: int) -> None:
    rng = np.random.default_rng(0)
    honest = chances(rng, 4000, classes)
    y = drawn(rng, honest)
    overconfident = calibrated(honest, 0.5)
    temperature = best_temperature(overconfident, y)
    assert temperature == pytest.approx(2.0, rel=0.1)
    block = block_input(np.float64, classes)
    graph = compiled({"p": block}, {"q": calibration_graph(block, temperature)})
    edge = np.vstack([overconfident, np.eye(classes)])
    np.testing.assert_allclose(Session(graph).run({"p": edge})["q"], calibrated(edge, temperature), atol=1e-12)


def test_calibration_is_used_where_it_pays_and_only_there() -> None:
    rng = np.random.default_rng(1)
    honest = chances(rng, 3000, 2)
    y = drawn(rng, honest)
    assert calibration_of(problem(2), honest, y).kind == "none"
    assert calibration_of(problem(2), calibrated(honest, 0.4), y).kind == "temperature"


def test_costs_set_the_threshold() -> None:
    costs = ((0.0, 1.0), (4.0, 0.0))
    decision = decision_of(problem(2, costs=costs), np.full((10, 2), 0.5), np.arange(10) % 2)
    assert decision.threshold == pytest.approx(1 / 5)


def test_costs_choose_the_cheapest_of_several_classes() -> None:
    costs = ((0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (50.0, 50.0, 0.0))
    decision = decision_of(problem(3, costs=costs), np.full((10, 3), 1 / 3), np.arange(10) % 3)
    assert decision.codes(np.array([[0.6, 0.3, 0.1], [0.99, 0.005, 0.005]])).tolist() == [2, 0]


def test_balanced_classes_are_cut_in_the_middle_and_rare_ones_where_f1_is_best() -> None:
    rng = np.random.default_rng(2)
    y = (rng.random(2000) < 0.05).astype(np.int64)
    positive = np.clip(0.15 * y + rng.uniform(0, 0.2, 2000), 0, 1)
    rare = decision_of(problem(2), np.column_stack([1 - positive, positive]), y)
    assert rare.threshold is not None
    grid = {
        t: 2 * ((positive >= t) & (y == 1)).sum() / ((positive >= t).sum() + y.sum()) for t in np.linspace(0, 0.4, 81)
    }
    found = 2 * ((positive >= rare.threshold) & (y == 1)).sum() / ((positive >= rare.threshold).sum() + y.sum())
    assert found >= max(grid.values())
    balanced = decision_of(problem(2), np.full((10, 2), 0.5), np.arange(10) % 2)
    assert balanced.threshold == 0.5


@pytest.mark.parametrize(
    "decision",
    [Decision(0.3, ""), Decision(None, ""), Decision(None, "", ((0.0, 1.0, 9.0), (1.0, 0.0, 1.0), (1.0, 2.0, 0.0)))],
)
def test_labels_in_the_graph_are_those_in_python(decision: Decision) -> None:
    classes = ("nein", "ja") if decision.threshold is not None else ("a", "b", "日本")
    probabilities = chances(np.random.default_rng(3), 500, len(classes))
    block = block_input(np.float64, len(classes))
    graph = compiled({"p": block}, {"label": decision.graph(block, classes)})
    labels = Session(graph).run({"p": probabilities})["label"]
    assert labels.tolist() == np.array(classes)[decision.codes(probabilities)].tolist()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A regression run whose columns are called what graphs and outputs are called."""
    folder = tmp_path_factory.mktemp("odd")
    rng = np.random.default_rng(4)
    x = rng.normal(size=(240, 2))
    pl.DataFrame(
        {
            "prediction": x[:, 0],
            "x": np.where(rng.random(240) < 0.1, np.nan, x[:, 1]),
            "Add_0_C": rng.choice(["n", "s", ""], 240),
            "y": 1e6 + 1e5 * (x[:, 0] + rng.normal(size=240) * 0.2),
        }
    ).write_csv(folder / "table.csv")
    wishes = Wishes(target="y", budget=Budget(None, 20), learners=("ridge_regression", "lightgbm"))
    return run(folder / "table.csv", wishes, runs=folder / "runs")


def test_columns_may_be_called_anything(finished: Run) -> None:
    assert set(finished.model.columns) == {"prediction", "x", "Add_0_C"}
    assert finished.evaluation.headline.value < 1e5


def test_the_proof_covers_training_and_fuzzed_rows(finished: Run) -> None:
    proof = finished.model.parity
    assert proof.training_rows == finished.dataset.train_rows
    assert proof.fuzzed_rows == 500
    assert proof.largest_difference <= proof.tolerance == 1e-9


class OneWorker:
    """Does what it is asked for at once, and remembers in which order that was."""

    size = 1

    def __init__(self) -> None:
        self.asked: list[int] = []

    def submit(self, job: FitJob) -> None:
        self.asked.append(job.trial)

    def wait(self, seconds: float) -> list[FitDone]:
        return [FitDone(self.asked[-1], 0, "ok", difference=0.0)]

    def drop(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("seconds", "took", "asked"), [(60.0, 5.0, [2, 1, 0]), (0.5, 5.0, [2]), (0.5, 0.01, [2, 1, 0])]
)
def test_a_late_run_fits_the_heaviest_member_and_those_that_take_no_time(
    finished: Run, tmp_path: Path, seconds: float, took: float, asked: list[int]
) -> None:
    crew = OneWorker()
    late = replace(context(tmp_path), clock=Clock(seconds), crew=lambda: crew)
    trials = tuple(replace(trial, seconds=took * len(trial.scores)) for trial in finished.leaderboard.trials)
    members = Members(problem(2), 100, replace(finished.leaderboard, trials=trials), late)
    made = members.fit({0: 0.1, 1: 0.2, 2: 0.7})
    assert crew.asked == asked
    assert [member.trial for member in made] == sorted(asked)
    assert members.refused.keys() == {0, 1, 2} - {*asked}
    assert all("no time" in why for why in members.refused.values())


def test_a_late_run_gives_slow_views_the_time_they_take(finished: Run, tmp_path: Path) -> None:
    late = replace(context(tmp_path), clock=Clock(0.5))
    first, *others = finished.leaderboard.trials
    quick = replace(first, overhead=1.0)
    slow = [replace(trial, view="scaled", overhead=10.0 * place) for place, trial in enumerate(others[:2])]
    members = Members(problem(2), 100, replace(finished.leaderboard, trials=(quick, *slow)), late)
    assert [members.seconds(trial) for trial in (quick, *slow)] == [3.0, 3.0 + 2.5 * 8.0, 3.0 + 2.5 * 8.0]


@pytest.mark.parametrize(
    ("rows", "augment", "rounds"), [(9_999, "", 119), (10_000, "", 140), (10_000, "mixup", 140), (10_000, TAUGHT, None)]
)
def test_more_rows_bear_more_rounds_and_a_teacher_any_number(rows: int, augment: str, rounds: int | None) -> None:
    trial = Trial(7, "lightgbm", "LightGBM", "plain", {}, "finished", rounds=(80, 120), augment=augment)
    job = on_all_rows(trial, 2.0, rows=rows, seed=3)
    assert (job.trial, job.fold, job.rounds, job.augment) == (7, None, rounds, augment)


def blueprint(finished: Run) -> Blueprint:
    views = {member.trial: "plain" for member in finished.model.members}
    return Blueprint(finished.problem, finished.model.members, views, Calibration("none"), Decision(None, ""), 1e-9)


def test_the_gate_notices_one_prediction_that_differs(finished: Run) -> None:
    workshop = Workshop(finished.folder)
    graph = finished.model.graph.read_bytes()
    gate = make_gate(finished.problem, finished.dataset, workshop)
    honest = parity(blueprint(finished), graph, gate, workshop)
    assert honest.largest_difference <= 1e-9
    heaviest: Member = max(finished.model.members, key=lambda member: member.weight)
    path = workshop.member(heaviest.trial) / "gate.npy"
    stored = np.load(path)
    altered = stored.copy()
    altered[17] *= 1 + 1e-6
    save_array(path, altered)
    assert parity(blueprint(finished), graph, gate, workshop).largest_difference > 1e-9
    save_array(path, stored)


@pytest.mark.parametrize(("learner", "level"), [("baseline", "warning"), ("lightgbm", "info")])
def test_a_refusal_that_leaves_only_the_baseline_is_a_warning(finished: Run, learner: str, level: str) -> None:
    members = tuple(replace(member, learner=learner) for member in finished.model.members)
    said = view(replace(finished.model, members=members, refused={"Nearest neighbours": "it keeps training rows"}))
    assert [finding.level for finding in said.findings if finding.code == "NF601"] == [level]


def test_a_graph_keeps_the_limits_or_there_is_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(400, 3))
    table = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] * x[:, 1] + x[:, 2] + 0.3 * rng.normal(size=400)}
    wished = {"target": "y", "budget": Budget(None, 25), "learners": ("ridge_regression", "lightgbm")}
    free = run(table, Wishes(**wished), runs=tmp_path)  # type: ignore[arg-type]
    limit = free.model.bytes - 1
    held = run(table, Wishes(**wished, limits=Limits(bytes=limit)), runs=tmp_path)  # type: ignore[arg-type]
    assert held.model.bytes <= limit
    at_once = Wishes(**wished, limits=Limits(microseconds=1e-3))  # type: ignore[arg-type]
    with pytest.raises(NoModelError, match=r"Ridge regression \(trial \d+\): with it one answer would take \d+ µs"):
        run(table, at_once, runs=tmp_path)


def test_limits_say_what_exceeds_them() -> None:
    assert exceeded(Limits(), b"graph", 99.0) is None
    assert exceeded(Limits(bytes=5, microseconds=99.0), b"graph", 99.0) is None
    assert exceeded(Limits(bytes=4), b"graph", 99.0) == "the graph would have 5 B, more than the 4 B allowed"
    over = exceeded(Limits(microseconds=98.0), b"graph", 99.0)
    assert over == "one answer would take 99 µs, more than the 98 µs allowed"


def test_a_learner_that_keeps_rows_is_refused_by_name_unless_allowed(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    angle = rng.uniform(0, 2 * np.pi, 200)
    radius = np.where(np.arange(200) % 2, 1.0, 2.0) + rng.normal(size=200) * 0.1
    rings = {"a": radius * np.cos(angle), "b": radius * np.sin(angle), "y": np.where(np.arange(200) % 2, "in", "out")}
    wished = {"target": "y", "budget": Budget(None, 60), "learners": ("nearest_neighbours", "logistic_regression")}
    kept = run(rings, Wishes(**wished), runs=tmp_path)  # type: ignore[arg-type]
    assert "keeps training rows" in kept.model.refused["Nearest neighbours"]
    allowed = run(rings, Wishes(**wished, allow_rows=True), runs=tmp_path)  # type: ignore[arg-type]
    assert [member.learner for member in allowed.model.members] == ["nearest_neighbours"]
    assert allowed.model.members[0].keeps_rows
    assert not any("keeps training rows" in why for why in allowed.model.refused.values())
    assert allowed.model.parity.largest_difference <= 1e-9
