"""What a student's run tries, what it may ship, and what time it keeps."""

from __future__ import annotations

import dataclasses

import pytest

from ninefold.core.clock import Clock
from ninefold.core.problem import Budget, Problem, Teaching, Validation
from ninefold.core.shipping import may_ship
from ninefold.select.allowance import TAUGHT, Allowance
from ninefold.select.candidates import eligible
from ninefold.select.students import students


def asked(*learners: str) -> Problem:
    return Problem(
        source="t.csv",
        target="y",
        task="binary",
        task_why="",
        classes=("no", "yes"),
        positive="yes",
        metric="roc_auc",
        metric_why="",
        validation=Validation("kfold", 5, 1, ""),
        budget=Budget(60.0),
        seed=0,
        holdout=0.2,
        learners=learners,
        teaching=Teaching("t", 0.9, rival={"trees": 33}),
    )


def test_students_are_taught_from_small_to_large_and_the_rival_learns_the_truth() -> None:
    wished = asked("lightgbm", "logistic_regression")
    planned = students(wished, eligible(wished))
    assert planned is not None
    rival, *taught = planned["lightgbm"]
    assert (rival.augment, rival.settings["trees"]) == ("", 33)
    assert {candidate.augment for candidate in taught} == {"taught"}
    leaves = [int(c.settings["trees"] or 0) * int(c.settings["leaves"] or 0) for c in taught]
    assert leaves == sorted(leaves)
    assert [candidate.augment for candidate in planned["logistic_regression"]] == ["taught"]


def test_the_rival_is_there_where_it_is_no_student() -> None:
    wished = asked("logistic_regression")
    planned = students(wished, eligible(wished))
    assert planned is not None
    assert [candidate.augment for candidate in planned["lightgbm"]] == [""]
    assert students(dataclasses.replace(wished, teaching=None), eligible(wished)) is None


@pytest.mark.parametrize(("augment", "ships"), [("taught", True), ("", False)])
def test_what_had_no_teacher_does_not_ship(augment: str, ships: bool) -> None:
    assert may_ship(asked("lightgbm"), "lightgbm", 1000, augment) == ships
    assert may_ship(dataclasses.replace(asked("lightgbm"), teaching=None), "lightgbm", 1000, augment)


def test_time_is_kept_for_the_fits_on_all_rows() -> None:
    clock, wished = Clock(60.0), asked("lightgbm")
    usual = Allowance(dataclasses.replace(wished, teaching=None), clock, 2, 1000).seconds
    assert usual - Allowance(wished, clock, 2, 1000).seconds == pytest.approx(60 * TAUGHT, abs=0.5)
