"""Workers that fail, hang, crash or grow cost their own job and nothing else."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ninefold.core.book import FORMAT, Chapter, encode, write_chapter
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.recipe import Branch, Features, Recipe
from ninefold.core.section import Section
from ninefold.core.table import Dataset, Rows, Sealed, write_rows
from ninefold.core.workshop import Workshop, load_array
from ninefold.crew.memory import memory
from ninefold.crew.pool import MOST_SAID, Pool, overrun
from ninefold_runtime.schema import Column

HOSTILE = """
import os, subprocess, sys, time
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from ninefold.core.parts import setting
from ninefold.core.protocols import Card

@dataclass(frozen=True)
class Hostile:
    how: str = setting("raise", "what goes wrong")
    card: ClassVar[Card] = Card("Hostile", ("binary",), "plain", "", "", "", "", (), "test")
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        if self.how == "raise":
            raise RuntimeError("this learner is broken")
        if self.how == "hang":
            time.sleep(60)
        if self.how == "segfault":
            os.kill(os.getpid(), 11)
        if self.how == "memory":
            hoard = []
            while True:
                hoard.append(np.ones(4_000_000))
                time.sleep(0.01)
        if self.how == "one large array":
            np.empty(4_000_000_000)
        if self.how == "full disk":
            raise OSError(28, "No space left on device")
        if self.how == "exit":
            sys.exit(1)
        if self.how == "chatter":
            for _ in range(64):
                print("x" * (1 << 20), flush=True)
        if self.how == "children":
            print("child", subprocess.Popen(["sleep", "120"]).pid, flush=True)
            time.sleep(60)
        return self

    rounds = None

    def predict(self, x):
        return np.full((len(x), 2), np.nan)
"""


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner installed as an outside package would be, by an entry point; returns what to put on the path."""
    site = tmp_path_factory.mktemp("site")
    info = site / "hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "hostile.py").write_text(HOSTILE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[ninefold.parts]\nlearners.hostile = hostile:Hostile\n")
    return site


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first chapters of a run on 60 rows of one column, as far as workers look at them."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "5-leaderboard").mkdir(parents=True)
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    rows = Rows({"x": x}, (x > 0).astype(np.int64))
    write_rows(rows, folder / "train.parquet")
    problem = Problem(
        source="", target="y", task="binary", task_why="", classes=("no", "yes"), positive="yes", metric="roc_auc",
        metric_why="", validation=Validation("kfold", 2), budget=Budget(), seed=0, holdout=0.2,
    )  # fmt: skip
    column = Column(name="x", kind="number")
    sealed = Sealed(folder / "none.parquet", ("x",), 0)
    dataset = Dataset((column,), folder / "train.parquet", 60, sealed, "", "", "")
    features = Features((Recipe("plain", (Branch(("x",), ()),)),))
    for number, noun in ((1, problem), (2, dataset), (4, features)):
        chapter = Chapter(FORMAT, "", 0.0, Section("", ""), msgspec.Raw(encode(noun, folder)))
        write_chapter(folder, number, chapter)
    half, other, none = np.arange(30), np.arange(30, 60), np.arange(0)
    Plan((Fold(half, none, other), Fold(other, none, half))).write(Workshop(folder).plan)
    return folder


@pytest.fixture(scope="module")
def pool(run: Path, plugin: Path) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(plugin), prepend=os.pathsep)
        crew = Pool(run, size=1, memory=1_000_000_000)
    with crew:
        yield crew


def answer(pool: Pool, learner: str, seconds: float = 30.0, **settings: str) -> FitDone:
    pool.submit(FitJob(0, learner, dict(settings), "plain", 0, seconds, 0))
    for _ in range(1200):
        done = pool.wait(0.5)
        if done:
            return done[0]
    raise AssertionError("no answer within ten minutes")


def test_a_fold_is_fitted_and_its_predictions_are_on_disk(pool: Pool, run: Path) -> None:
    done = answer(pool, "decision_tree")
    assert done.why == ""
    assert (done.state, done.fold) == ("ok", 0)
    assert done.score is not None
    assert done.score > 0.9
    assert load_array(Workshop(run).predictions(0, 0)).shape == (30, 2)


@pytest.mark.parametrize(
    ("how", "state", "told"),
    [
        ("raise", "failed", "this learner is broken"),
        ("nan", "failed", "not finite"),
        ("hang", "killed", "over its 1 s"),
        ("segfault", "killed", "died"),
        ("exit", "killed", "died"),
        ("memory", "killed", "GB of memory"),
        ("one large array", "failed", "out of memory"),
    ],
)
def test_a_hostile_learner_costs_its_own_job(pool: Pool, how: str, state: str, told: str) -> None:
    done = answer(pool, "hostile", 1.0 if how == "hang" else 30.0, how=how)
    assert done.state == state
    assert told in done.why
    assert answer(pool, "baseline").state == "ok"


def test_a_fit_that_had_no_time_is_not_told_of_its_0_seconds() -> None:
    assert overrun(0.02).startswith("the time had run out when it began")
    assert overrun(7.2) == "it ran 2 s over its 7 s"


def test_what_a_learner_says_does_not_fill_the_disk(pool: Pool, run: Path) -> None:
    assert answer(pool, "hostile", how="chatter").state == "failed"
    assert 0 < (run / "workers.log").stat().st_size <= MOST_SAID


def test_what_a_learner_started_dies_with_it(run: Path, plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(plugin), prepend=os.pathsep)
    log = run / "workers.log"
    log.unlink(missing_ok=True)
    with Pool(run, size=1, memory=1_000_000_000) as own:
        assert answer(own, "hostile", 1.0, how="children").state == "killed"
    child = int(log.read_text().split()[-1])
    until = time.monotonic() + 5
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < until, "it is still running"
        time.sleep(0.05)


def test_a_full_disk_is_not_the_learners_fault(pool: Pool) -> None:
    with pytest.raises(OSError, match="No space left"):
        answer(pool, "hostile", how="full disk")


def test_an_unknown_learner_is_a_failed_job(pool: Pool) -> None:
    assert "there is no learner" in answer(pool, "nobody").why


def test_dropped_jobs_never_answer(pool: Pool) -> None:
    pool.submit(FitJob(7, "hostile", {"how": "hang"}, "plain", 0, 30.0, 0))
    pool.submit(FitJob(8, "baseline", {}, "plain", 0, 30.0, 0))
    pool.wait(0.2)
    pool.drop()
    assert answer(pool, "baseline").trial == 0


def test_the_nursery_is_replaced_when_it_dies(pool: Pool) -> None:
    assert answer(pool, "baseline").state == "ok"
    pool._nursery._process.kill()
    pool._nursery._process.wait()
    answers = [answer(pool, "baseline").state for _ in range(3)]
    assert answers[-1] == "ok"


def test_memory_is_the_least_of_machine_container_and_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    container = tmp_path / "memory.max"
    monkeypatch.setattr("ninefold.crew.memory._CONTAINER", (container,))
    monkeypatch.setattr("ninefold.crew.memory.resource.getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert memory() > 100_000_000
    container.write_text("max\n")
    assert memory() > 100_000_000
    container.write_text("70000000\n")
    assert memory() == 70_000_000
    monkeypatch.setattr("ninefold.crew.memory.resource.getrlimit", lambda _: (60_000_000, resource.RLIM_INFINITY))
    assert memory() == 60_000_000
