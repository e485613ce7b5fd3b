"""A small student of a run and of a bundle: taught, compared on one line, served, and its teacher named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from journey import Ended, ended

ROWS = 500


def write(file: Path, seed: int) -> None:
    """A class that follows the product of two numbers and a colour, by chance."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, ROWS)).round(4)
    colour = rng.choice(["red", "green", "blue"], ROWS)
    answer = np.where(rng.random(ROWS) < 1 / (1 + np.exp(-3 * a * b - (colour == "red"))), "yes", "no")
    lines = ["a,b,colour,answer", *(f"{a[i]},{b[i]},{colour[i]},{answer[i]}" for i in range(ROWS))]
    file.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distil")
    write(folder / "rows.csv", 1)
    write(folder / "more.csv", 2)
    words = "run", "rows.csv", "--target", "answer", "--learner", "random_forest"
    assert ended(*words, "--work", 16, "-qq", cwd=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def teacher(place: Path) -> str:
    return next(run.name for run in (place / "runs").iterdir() if not (run / "lineage.json").exists())


@pytest.fixture(scope="module")
def student(place: Path, teacher: str) -> Ended:
    made = ended("distil", teacher, "--student", "lightgbm", "--work", 21, "--json", cwd=place)
    assert made.code == 0, made.err
    return made


def test_teacher_student_and_untaught_stand_on_lines_of_their_own(place: Path, teacher: str, student: Ended) -> None:
    assert student.answer["teacher"] == teacher
    lines = {line["name"]: line for line in student.answer["rivals"]}
    assert list(lines) == ["teacher", "student", "LightGBM, the truth alone"]
    for line in lines.values():
        assert line["bytes"] > 0
        assert line["us"] > 0
        assert 0.5 < line["sealed"] <= 1
        assert 0.5 < line["validation"] <= 1
    graph = place / "runs" / student.answer["run"] / "bundle" / "model.onnx"
    assert lines["student"]["bytes"] == graph.stat().st_size
    assert lines["student"]["sealed"] == student.answer["score"]
    told = json.loads((place / "runs" / teacher / "report.json").read_text())
    scores = next(s["section"]["tables"] for s in told["stages"] if s["number"] == 7)[0]["rows"]
    assert lines["teacher"]["sealed"] == pytest.approx(scores[0][1])  # the same sealed rows as in its own run


def test_what_was_taught_is_what_the_teacher_says(place: Path, teacher: str, student: Ended) -> None:
    own, taught = (
        np.load(place / "runs" / run / path)
        for run, path in (
            (teacher, "6-model/out_of_fold.npy"),
            (student.answer["run"], "teacher/answers.npy"),
        )
    )
    seen = ~np.isnan(own).any(axis=1)
    np.testing.assert_array_equal(own[seen], taught[seen])
    assert not np.isnan(taught).any()


def test_the_student_names_its_teacher(place: Path, teacher: str, student: Ended) -> None:
    run = place / "runs" / student.answer["run"]
    lineage = json.loads((run / "lineage.json").read_text())
    assert (lineage["parent"], lineage["student"]) == (teacher, True)
    assert f"a student of {teacher}" in (run / "report.html").read_text("utf-8")
    listed = {line["run"]: line["parent"] for line in ended("runs", "--json", cwd=place).answer["runs"]}
    assert listed[student.answer["run"]] == teacher


def test_the_students_bundle_answers_and_a_run_can_be_taken_up_again(place: Path, student: Ended) -> None:
    bundle = student.answer["bundle"]
    said = ended("predict", bundle, "more.csv", cwd=place)
    assert said.code == 0, said.err
    again = ended("run", "--resume", student.answer["run"], "--from", 6, "--json", cwd=place)
    assert again.code == 0, again.err
    assert again.answer["score"] == pytest.approx(student.answer["score"])


def test_a_bundle_teaches_rows_of_its_own(place: Path, teacher: str) -> None:
    words = "distil", f"runs/{teacher}/bundle", "--data", "more.csv", "--student", "logistic_regression"
    made = ended(*words, "--rows", 100, "--mix", 0.5, "--temperature", 2, "--work", 16, cwd=place)
    assert made.code == 0, made.err
    assert "LightGBM, the truth alone" in made.out
    assert "Logistic regression, taught" in made.out


def test_limits_choose_the_student_and_a_teacher_that_keeps_them_needs_none(place: Path, teacher: str) -> None:
    asked = "distil", teacher, "--student", "lightgbm", "--work", 21, "--json"
    small = ended(*asked, "--max-size", "60kB", cwd=place)
    assert small.code == 0, small.err
    lines = {line["name"]: line for line in small.answer["rivals"]}
    assert lines["student"]["bytes"] <= 60_000 < lines["teacher"]["bytes"]
    kept = ended(*asked, "--max-size", "100MB", cwd=place)
    assert (kept.code, kept.answer["error"]["code"]) == (2, "NF-E355")
    assert "keeps these limits itself" in kept.answer["error"]["message"]


def test_a_student_of_8_bits_stands_beside_itself_without_and_its_teacher(place: Path, teacher: str) -> None:
    pytest.importorskip("torch")
    made = ended("distil", teacher, "--quantise", "--max-loss", 0.05, "--work", 15, "--json", cwd=place)
    assert made.code == 0, made.err
    lines = {line["name"]: line for line in made.answer["rivals"]}
    assert {"teacher", "student", "student, int8 weights", "LightGBM, the truth alone"} <= set(lines)
    (ships,) = [line for line in lines.values() if line["ships"]]
    assert ships["name"].startswith("student, int8")
    assert ships["bytes"] == (place / made.answer["bundle"] / "model.onnx").stat().st_size < lines["student"]["bytes"]
    assert ships["sealed"] == made.answer["score"]
    report = (place / "runs" / made.answer["run"] / "report.html").read_text("utf-8")
    assert "The student takes" in report
    assert "of what its teacher gains over LightGBM" in report or "gains nothing over LightGBM" in report
    said = ended("predict", made.answer["bundle"], "more.csv", cwd=place)  # the runtime examines what it is given
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--student", "k_means"), "NF-E355"),
        (("--student", "nobody"), "NF-E3"),
        (("--data", "other.csv"), "NF-E201"),
    ],
)
def test_what_cannot_be_is_said(place: Path, teacher: str, words: tuple[str, ...], code: str) -> None:
    lines = [f"{i % 7},{'yes' if i % 3 else 'no'}" for i in range(200)]
    (place / "other.csv").write_text("\n".join(["b,answer", *lines]))
    made = ended("distil", teacher, *words, "--work", 10, cwd=place)
    assert made.code == 2
    assert code in made.err
