"""The nine stages one by one, each in a process of its own, as other tools run them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from journey import TITANIC, chapters, ended, noun

from ninefold.core.book import STAGES, seconds_before
from ninefold.core.problem import Budget, Wishes
from ninefold.runs import Order, Run

ORDER = Order(
    "table.csv", None, Wishes(target="survived", learners=("logistic_regression",), budget=Budget(None, 6), folds=2)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was taken through the nine stages by nine commands, its table gone after the second."""
    import msgspec

    cwd = tmp_path_factory.mktemp("stages")
    shutil.copy(TITANIC, cwd / "table.csv")
    (cwd / "run").mkdir()
    (cwd / "run" / "order.json").write_bytes(msgspec.json.encode(ORDER))
    for number, name in enumerate(STAGES, start=1):
        done = ended("stage", name if number % 2 else number, "run", "--json", cwd=cwd)
        assert done.code == 0, done.err
        assert done.answer["number"] == number
        assert not done.answer["skipped"]
        assert [path.exists() for path in chapters(cwd / "run")] == [each <= number for each in range(1, 10)]
        if number == 2:
            (cwd / "table.csv").unlink()
    return cwd


def test_nine_commands_make_the_run_that_one_makes(place: Path, tmp_path: Path) -> None:
    words = ("--target", "survived", "--learner", "logistic_regression", "--work", 6, "--folds", 2, "--json")
    whole = ended("run", TITANIC, *words, cwd=tmp_path).answer
    alone = Run(place / "run")
    assert alone.evaluation.headline.value == whole["score"]
    assert (alone.bundle / "model.onnx").read_bytes() == (Path(tmp_path / whole["bundle"]) / "model.onnx").read_bytes()
    assert alone.report.is_file()
    measured = json.loads((alone.folder / "metrics.json").read_text("utf-8"))
    assert measured["roc_auc"]["value"] == whole["score"]
    curve = (alone.folder / "curves" / "roc.csv").read_text("utf-8").splitlines()
    assert curve[:2] == ["false_positive_rate,true_positive_rate", "0.0,0.0"]


def test_a_stage_whose_input_is_unchanged_does_nothing(place: Path) -> None:
    before = chapters(place / "run")[4].read_bytes()
    done = ended("stage", "select", "run", "--json", cwd=place)
    assert done.answer["skipped"]
    assert chapters(place / "run")[4].read_bytes() == before


def test_a_stage_needs_the_chapters_before_it(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "run", tmp_path / "run")
    chapters(tmp_path / "run")[3].unlink()
    done = ended("stage", "select", "run", cwd=tmp_path)
    assert done.code == 2
    assert "4-features" in done.err
    assert noun(tmp_path / "run", 1) == noun(place / "run", 1)


@pytest.mark.parametrize("asked", ["trian", "0", "10", ""])
def test_an_unknown_stage_is_refused_by_name(asked: str, place: Path) -> None:
    done = ended("stage", asked, "run", cwd=place)
    assert done.code == 2
    assert "NF-E398" in done.err
    assert "evaluate" in done.err


def test_the_budget_of_a_stage_is_what_those_before_it_left(place: Path) -> None:
    took = [json.loads(path.read_text("utf-8"))["seconds"] for path in chapters(place / "run")]
    assert seconds_before(place / "run", 1) == 0
    assert seconds_before(place / "run", 9) == pytest.approx(sum(took[:8]))
    assert sum(took[:8]) > 0
