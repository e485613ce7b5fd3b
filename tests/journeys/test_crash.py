"""A run that is killed at any moment goes on from there and loses no finished trial."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from journey import TITANIC, chapters, ended, noun, only_run, started

from ninefold.core.journal import Journal
from ninefold.core.problem import Wishes
from ninefold.runs import prepare

T = TypeVar("T")
WORDS = ("run", TITANIC, "--target", "survived", "--budget", "12s", "-q")
WORK = ("run", TITANIC, "--target", "survived", "--work", "40", "-q")


def finished(folder: Path) -> dict[int, tuple[str, str]]:
    """Finished trials in the journal: learner and settings by id."""
    journal = Journal(folder / "journal.log")
    begun = {record["id"]: record["candidate"] for record in journal.read("begun", dict)}
    done = {record["id"] for record in journal.read("ended", dict) if record["state"] == "finished"}
    return {number: (begun[number]["learner"], str(sorted(begun[number]["settings"].items()))) for number in done}


def until(true: Callable[[], T]) -> T:
    """Wait, a minute at most, for something to become true, and return it."""
    deadline = time.monotonic() + 60
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("moment", [random.Random(seed).uniform(0.0, 9.0) for seed in (1, 2, 3)])
def test_no_finished_trial_is_lost(tmp_path: Path, moment: float) -> None:
    process = started(*WORDS, cwd=tmp_path)
    until(lambda: list(tmp_path.glob("runs/*/order.json")))
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    folder = only_run(tmp_path)
    before = finished(folder) if (folder / "journal.log").exists() else {}

    done = ended(*WORDS, "--resume", folder.name, cwd=tmp_path)
    assert done.code == 0, done.err
    assert [path.name for path in chapters(folder) if not path.is_file()] == []
    trials = {trial["id"]: trial for trial in noun(folder, 5)["trials"]}
    kept = {n: (trials[n]["learner"], str(sorted(trials[n]["settings"].items()))) for n in before if n in trials}
    assert kept == before
    assert all(trials[number]["state"] == "finished" for number in before)
    assert (folder / "bundle" / "MANIFEST.json").is_file()


def test_a_torn_journal_costs_one_record(tmp_path: Path) -> None:
    process = started(*WORK, cwd=tmp_path)
    (log,) = until(lambda: list(tmp_path.glob("runs/*/journal.log")))
    until(lambda: len(finished(log.parent)) >= 3)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = finished(log.parent)
    assert len(before) >= 3
    data = log.read_bytes()
    log.write_bytes(data + data.splitlines()[-1][:-5])
    assert finished(log.parent) == before

    done = ended(*WORK, "--resume", log.parent.name, cwd=tmp_path)
    assert done.code == 0, done.err
    assert before.keys() <= {trial["id"] for trial in noun(log.parent, 5)["trials"]}


def test_a_full_disk_is_said_with_the_way_to_go_on(tmp_path: Path) -> None:
    folder = prepare(TITANIC, Wishes(target="survived"), tmp_path / "runs")
    (folder / "events.jsonl").symlink_to("/dev/full")
    done = ended("run", "--resume", folder.name, "-q", cwd=tmp_path)
    assert done.code == 2
    assert "No space left on device  [NF-E508]" in done.err
    assert f"ninefold run --resume {folder.name}" in done.err
