"""Fairness from the command to predictions: one run that mitigates by thresholds, one of values that only compares."""

import csv
from pathlib import Path

import numpy as np
import pytest
from journey import ended, noun, only_run

from ninefold_runtime import load
from ninefold_runtime.bundle import read_bundle

ROWS = 500


def table(path: Path) -> Path:
    """Men have yes more often; skill tells it in both; pay follows skill, and is lower for women."""
    rng = np.random.default_rng(5)
    male = rng.random(ROWS) < 0.55
    skill, age = rng.normal(size=ROWS), rng.integers(18, 70, size=ROWS)
    yes = skill + 1.5 * male + 0.5 * rng.normal(size=ROWS) > 0.9
    pay = 10 * skill + 8 * male + 2 * rng.normal(size=ROWS) + 50
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["skill", "age", "sex", "hired", "pay"])
        lines.writerows(
            zip(skill.round(4), age, np.where(male, "m", "f"), np.where(yes, "yes", "no"), pay.round(2), strict=True)
        )
    return path


@pytest.fixture(scope="module")
def mitigated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("fair")
    words = ["--target", "hired", "--drop", "pay", "--sensitive", "sex", "--sensitive", "age"]
    words += ["--fair", "demographic-parity", "--learner", "logistic_regression", "--work", "8", "--folds", "3"]
    done = ended("run", table(cwd / "people.csv"), *words, cwd=cwd)
    assert done.code == 0, done.err
    return only_run(cwd)


def test_groups_are_labelled_from_thresholds_of_their_own(mitigated: Path) -> None:
    own = noun(mitigated, 6)["group_thresholds"]
    assert own["column"] == "sex"
    assert own["thresholds"]["m"] > own["thresholds"]["f"]
    groups = ("m", "f", "other", "missing")
    rows = [{"skill": skill, "age": 40, "sex": sex} for skill in (0.0, 0.4) for sex in ("m", "f", "never met", None)]
    made = load(mitigated / "bundle").predict(rows)
    assert made.probabilities is not None
    least = np.array([own["thresholds"][group] for group in groups] * 2)
    np.testing.assert_array_equal(made.predictions == "yes", made.probabilities[:, 1] >= least)
    assert len(set(made.predictions)) == 2


def test_the_front_the_sealed_rows_and_the_card_tell_of_it(mitigated: Path) -> None:
    front = noun(mitigated, 5)["front"]
    plain, chosen = front["choices"][0], front["choices"][front["chosen"]]
    assert chosen["gaps"]["demographic-parity"] <= 0.05
    assert plain["gaps"]["demographic-parity"] > 0.2
    compared = noun(mitigated, 7)["fairness"]["compared"]
    assert [each["columns"] for each in compared] == [["sex"], ["age"], ["sex", "age"]]
    card = (mitigated / "bundle" / "card.md").read_text("utf-8")
    assert "must come with every row" in card
    assert "Mitigated for demographic parity" in card
    report = (mitigated / "report.html").read_text("utf-8")
    assert "What fairness between groups of sex costs" in report
    assert "NF766" in report


def test_a_column_that_nobody_learns_from_is_judged(tmp_path: Path) -> None:
    words = ["--target", "pay", "--drop", "hired", "--drop", "sex", "--sensitive", "sex"]
    words += ["--learner", "ridge_regression", "--work", "4", "--folds", "2"]
    done = ended("run", table(tmp_path / "people.csv"), *words, cwd=tmp_path)
    assert done.code == 0, done.err
    made = only_run(tmp_path)
    evaluation = noun(made, 7)
    assert {"NF764"} <= {finding["code"] for finding in evaluation["findings"]}
    assert "sex" not in read_bundle(made / "bundle").schema.names
    residual = next(g for g in evaluation["fairness"]["compared"][0]["gaps"] if g["measure"] == "mean residual")
    assert (residual["highest"], residual["lowest"]) == ("m", "f")
    assert residual["low"] < 8 < residual["high"]


def test_what_is_asked_must_make_sense(tmp_path: Path) -> None:
    done = ended("run", table(tmp_path / "people.csv"), "--target", "hired", "--fair", "equal-odds", cwd=tmp_path)
    assert done.code != 0
    assert "NF-E318" in done.err
    assert "equalised-odds" in done.err
