"""Train again on newer rows: the gate between old and new, the name that changes hands, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from journey import ended

ROWS = 600


def write(file: Path, rows: int, seed: int, turned: bool) -> None:
    """A class that follows x, or, once the world has turned, its opposite."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, rows)).round(4)
    answer = np.where(rng.random(rows) < 1 / (1 + np.exp(-3 * (-x if turned else x) - y)), "yes", "no")
    lines = ["customer,x,y,answer", *(f"{seed}-{i},{x[i]},{y[i]},{answer[i]}" for i in range(rows))]
    file.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retrain")
    write(folder / "old.csv", ROWS, 1, turned=False)
    write(folder / "turned.csv", ROWS, 2, turned=True)
    write(folder / "same.csv", 300, 3, turned=False)
    words = "run", "old.csv", "--target", "answer", "--drop", "customer", "--learner", "logistic_regression"
    assert ended(*words, "--work", 11, "-qq", cwd=folder).code == 0
    return folder


def first(place: Path) -> str:
    """The run that replaces none."""
    runs = (folder for folder in (place / "runs").iterdir() if folder.is_dir())
    return next(run.name for run in runs if not (run / "lineage.json").exists())


def test_a_better_model_takes_the_name_and_gives_it_back(place: Path) -> None:
    parent = first(place)
    assert ended("promote", "runs/models.json", f"answers={parent}", cwd=place).code == 0
    made = ended("retrain", parent, "turned.csv", "--rows", "new", "--work", 11, "--json", cwd=place)
    assert made.code == 0, made.err
    verdict = made.answer
    assert verdict["passed"]
    assert verdict["serves"] == "answers"
    assert verdict["comparison"]["headline"]["low"] > 0
    child = verdict["challenger"]
    models = json.loads((place / "runs" / "models.json").read_text())["models"]
    assert models["answers"]["bundle"] == f"{child}/bundle"
    lineage = json.loads((place / "runs" / child / "lineage.json").read_text())
    assert (lineage["parent"], lineage["rows"], lineage["promoted"]) == (parent, "new", True)
    assert lineage["learned"] + lineage["judged"] == ROWS
    judged = (place / "runs" / child / "retrain" / "judge.csv").read_text().splitlines()[1:]
    learned = (place / "runs" / child / "retrain" / "learn.csv").read_text().splitlines()[1:]
    assert not {line.split(",")[0] for line in judged} & {line.split(",")[0] for line in learned}
    listed = {line["run"]: line["parent"] for line in ended("runs", "--json", cwd=place).answer["runs"]}
    assert listed == {parent: "", child: parent}
    assert json.loads((place / "runs" / child / "report.json").read_text())["lineage"]["parent"] == parent
    assert f"to replace {parent}" in (place / "runs" / child / "report.html").read_text("utf-8")
    assert ended("rollback", "runs/models.json", cwd=place).code == 0
    models = json.loads((place / "runs" / "models.json").read_text())["models"]
    assert models["answers"]["bundle"] == f"{parent}/bundle"
    assert ended("rollback", "runs/models.json", cwd=place).code == 2


def test_one_that_is_not_better_changes_nothing(place: Path) -> None:
    models = place / "runs" / "models.json"
    before = models.read_bytes() if models.exists() else b""
    made = ended("retrain", first(place), "same.csv", "--work", 11, "--json", cwd=place)
    assert made.code == 1, made.err
    assert not made.answer["passed"]
    assert "not shown to be better" in made.answer["sentence"]
    assert before == (models.read_bytes() if models.exists() else b"")


def test_labels_may_come_in_a_table_of_their_own_and_too_few_are_refused(place: Path) -> None:
    parent = first(place)
    lines = [line.split(",") for line in (place / "same.csv").read_text().splitlines()]
    (place / "rows.csv").write_text("\n".join(",".join(line[:3]) for line in lines))
    (place / "labels.csv").write_text("\n".join(",".join((line[0], line[3])) for line in lines[:60]))
    bare = ended("retrain", parent, "rows.csv", "--json", cwd=place)
    assert bare.code == 2
    assert "NF-E201" in bare.err + bare.out
    few = ended("retrain", parent, "rows.csv", "--labels", "labels.csv", "--key", "customer", "--json", cwd=place)
    assert few.code == 2
    assert "59 new rows" in few.err + few.out
