"""Curves, bias and variance of a run's best learner: on the run's own folds, within the time left, without a trace."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.book import FORMAT, Chapter, Context, encode, write_chapter
from ninefold.core.clock import Clock
from ninefold.core.journal import Journal
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.protocols import Examples, FitDone, FitJob
from ninefold.core.recipe import Branch, Features, Recipe
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.section import Section
from ninefold.core.table import Dataset, Rows, Sealed, write_rows
from ninefold.core.workshop import Workshop
from ninefold.crew.desk import Desk
from ninefold.crew.fitting import do
from ninefold.crew.thinning import thinned
from ninefold.evaluate.diagnosing import FOLDS, ROUNDS, SHARES, STEPS, Diagnosis, diagnosed
from ninefold_runtime.schema import Column

ROWS = 240


class Here:
    """A crew of one that fits in this process when it is waited for; what it was asked for is in ``asked``."""

    size = 1

    def __init__(self, run: Path, broken: bool = False) -> None:
        self.run, self.broken = run, broken
        self.asked: list[FitJob] = []
        self.queue: list[FitJob] = []

    def submit(self, job: FitJob) -> None:
        self.asked.append(job)
        self.queue.append(job)

    def wait(self, seconds: float) -> list[FitDone]:
        if self.broken:
            job = self.queue.pop(0)
            return [FitDone(job.trial, job.fold, "failed", "broken")]
        return [do(self.queue.pop(0), Desk(self.run))]

    def drop(self) -> None:
        self.queue.clear()


Run = tuple[Problem, Dataset, Leaderboard, Path]


@pytest.fixture(params=["binary", "regression"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """A run as it stands before evaluation; its best trial is a tree that was grown too large."""
    task = request.param
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 2))
    signal = np.sin(2 * x[:, 0]) + 0.5 * rng.normal(size=ROWS)
    y = (signal > 0).astype(np.int64) if task == "binary" else signal
    write_rows(Rows({"a": x[:, 0], "b": x[:, 1]}, y), tmp_path / "train.parquet")
    problem = Problem(
        source="", target="y", task=task, task_why="", classes=("no", "yes") if task == "binary" else (),
        positive=None, metric="roc_auc" if task == "binary" else "r2", metric_why="",
        validation=Validation("kfold", 2), budget=Budget(), seed=0, holdout=0.2,
    )  # fmt: skip
    columns = (Column(name="a", kind="number"), Column(name="b", kind="number"))
    sealed = Sealed(tmp_path / "none.parquet", ("a", "b"), 0)
    dataset = Dataset(columns, tmp_path / "train.parquet", ROWS, sealed, "", "", "")
    features = Features((Recipe("plain", (Branch(("a", "b"), ()),)),))
    for number, noun in ((1, problem), (2, dataset), (4, features)):
        chapter = Chapter(FORMAT, "", 0.0, Section("", ""), msgspec.Raw(encode(noun, tmp_path)))
        write_chapter(tmp_path, number, chapter)
    half, other, none = np.arange(ROWS // 2), np.arange(ROWS // 2, ROWS), np.arange(0)
    (tmp_path / "5-leaderboard").mkdir()
    Plan((Fold(half, none, other), Fold(other, none, half))).write(Workshop(tmp_path).plan)
    settings = parts.settings(parts.make("ninefold.learners", "decision_tree", {"min_rows": 4, "repeats": 1}))
    trials = (
        Trial(0, "baseline", "Baseline", "plain", {}, "finished", (0.5, 0.5), (1.0, 1.0), (0.5, 0.5)),
        Trial(3, "decision_tree", "Decision tree", "plain", settings, "finished", (0.8, 0.7), (0.5, 0.5), (0.9, 0.8)),
    )
    return problem, dataset, Leaderboard(problem.metric, True, trials, 0, {3: 1.0}, (0.8, 0.7), tmp_path), tmp_path


def looked_into(run: Run, crew: Here, clock: Clock) -> Diagnosis:
    problem, dataset, board, folder = run
    context = Context(
        7, folder, folder, clock, Journal(folder / "j.log"), lambda event: None, lambda: crew, threading.Event()
    )
    return diagnosed(problem, dataset, board, context)


def test_with_time_left_all_three_are_made_and_nothing_stays_behind(run: Run) -> None:
    crew = Here(run[3])
    found = looked_into(run, crew, Clock(2000.0))
    learning, validation = found.curves
    assert (learning.axis, learning.x) == ("rows", (15.0, 30.0, 60.0, 120.0))
    assert learning.validation[-1] == (0.8, 0.7)
    assert learning.train[-1] == (0.9, 0.8)
    assert validation.axis == "min_rows"
    assert validation.x == tuple(sorted(validation.x))
    assert validation.validation[validation.x.index(4.0)] == (0.8, 0.7)
    assert all(len(point) == FOLDS for curve in found.curves for point in (*curve.train, *curve.validation))
    parted = found.decomposition
    assert parted is not None
    assert (parted.title, parted.rounds) == ("Decision tree", ROUNDS)
    assert parted.loss_kind == ("0-1" if run[0].classes else "squared")
    assert 0 < parted.variance < parted.loss
    assert len({job.trial for job in crew.asked} & {0, 1, 2, 3}) == 0
    assert len(crew.asked) == FOLDS * len(SHARES) + FOLDS * len(STEPS) + ROUNDS
    assert list((run[3] / "5-leaderboard").glob("folds/*")) == []
    assert not Workshop(run[3]).views.exists()


def test_the_same_run_is_looked_into_in_the_same_way(run: Run) -> None:
    one, two = (looked_into(run, Here(run[3]), Clock(2000.0)) for _ in range(2))
    assert one == two


def test_a_trial_of_one_fold_is_looked_into_on_that_fold(run: Run) -> None:
    problem, dataset, board, folder = run
    one = tuple(
        dataclasses.replace(t, scores=t.scores[:1], losses=t.losses[:1], train_scores=t.train_scores[:1])
        for t in board.trials
    )
    short = (problem, dataset, dataclasses.replace(board, trials=one), folder)
    found = looked_into(short, Here(folder), Clock(2000.0))
    assert len(found.curves) == 2
    assert all(len(point) == 1 for curve in found.curves for point in (*curve.train, *curve.validation))


@pytest.mark.parametrize("clock", [Clock(), Clock(1e-3), Clock(10.0, started=-1e9)], ids=["endless", "short", "over"])
def test_without_time_to_spare_nothing_is_asked(run: Run, clock: Clock) -> None:
    crew = Here(run[3])
    assert looked_into(run, crew, clock) == Diagnosis()
    assert crew.asked == []


def test_a_costly_learner_is_passed_over(run: Run) -> None:
    problem, dataset, board, folder = run
    baseline, tree = board.trials
    costly = dataclasses.replace(tree, id=5, losses=tuple(0.99 * loss for loss in tree.losses), seconds=1e6)
    trials = (baseline, tree, costly)
    crew = Here(folder)
    looked_into((problem, dataset, dataclasses.replace(board, trials=trials), folder), crew, Clock(2000.0))
    assert crew.asked
    only = dataclasses.replace(board, trials=(baseline, costly))
    assert looked_into((problem, dataset, only, folder), Here(folder), Clock(2000.0)) == Diagnosis()


def test_a_learner_far_behind_the_best_is_not_looked_into(run: Run) -> None:
    problem, dataset, board, folder = run
    baseline, tree = board.trials
    far_ahead = dataclasses.replace(tree, id=5, losses=tuple(1e-3 * loss for loss in tree.losses), seconds=1e6)
    ranked = dataclasses.replace(board, trials=(baseline, tree, far_ahead))
    assert looked_into((problem, dataset, ranked, folder), Here(folder), Clock(2000.0)) == Diagnosis()


def test_a_failed_refit_leaves_out_what_it_was_for(run: Run) -> None:
    assert looked_into(run, Here(run[3], broken=True), Clock(2000.0)) == Diagnosis()


def examples(rows: int, stop: Examples | None = None) -> Examples:
    return Examples(np.arange(rows, dtype=float)[:, None], np.arange(rows), "binary", rows, ("x",), (), stop)


def test_a_smaller_share_is_part_of_a_larger_one() -> None:
    job = FitJob(1, "", {}, "plain", 0, 1.0, 7)
    data = examples(200, examples(40))
    assert thinned(data, job) is data
    half, quarter = (thinned(data, dataclasses.replace(job, trial=t, share=s)) for t, s in ((8, 0.5), (9, 0.25)))
    assert (len(half.y), len(quarter.y)) == (100, 50)
    assert set(quarter.y) < set(half.y)
    assert half.stop is not None
    assert len(half.stop.y) == 20
    assert np.array_equal(half.x[:, 0], half.y)


def test_bootstraps_differ_from_draw_to_draw_and_keep_the_rows_to_stop_on() -> None:
    job = FitJob(1, "", {}, "plain", 0, 1.0, 7)
    data = examples(200, examples(40))
    first, again, second = (thinned(data, dataclasses.replace(job, draw=draw)) for draw in (0, 0, 1))
    assert np.array_equal(first.y, again.y)
    assert not np.array_equal(first.y, second.y)
    assert len(first.y) == 200
    assert 100 < len(np.unique(first.y)) < 150
    assert first.stop is data.stop
