"""Costs and gains: read by order or by name, refused where senseless, obeyed by the graph, told on sealed rows."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest
from rooms import problem_of

from ninefold.cli.wishes import stake
from ninefold.core.clock import Clock
from ninefold.core.errors import WishError
from ninefold.core.problem import Budget, Problem, Validation, Wishes
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling, wilson
from ninefold.evaluate import stakes_view
from ninefold.evaluate.stakes import Deciding, score_of, stakes_of
from ninefold.report.command import reproduce
from ninefold.train.deciding import decision_of

TWO = pl.DataFrame({"x": range(20), "y": ["no", "yes"] * 10})
THREE = pl.DataFrame({"x": range(21), "y": ["high", "low", "mid"] * 7})
COSTS = ((0.0, 1.0), (5.0, 0.0))
GAINS = ((0.0, -1.0), (-5.0, 0.0))


def asked(folder: Path, frame: pl.DataFrame = TWO, **wishes: Any) -> Problem:
    return problem_of(frame, folder, target="y", **wishes)


def test_gains_are_costs_with_the_sign_turned(tmp_path: Path) -> None:
    costs, gains = asked(tmp_path, costs=COSTS), asked(tmp_path, gains=GAINS)
    assert costs.costs == gains.costs == COSTS and gains.gains and not costs.gains
    y, even = np.arange(20) % 2, np.full((20, 2), 0.5)
    decisions = [decision_of(problem, even, y) for problem in (costs, gains)]
    assert {decision.threshold for decision in decisions} == {1 / 6}
    assert ["cost" in decision.why for decision in decisions] == [True, False]
    assert ["--costs" in reproduce(problem) for problem in (costs, gains)] == [True, False]
    assert "--gains '[[0.0, -1.0], [-5.0, 0.0]]'" in reproduce(gains)


def test_names_stand_for_places_and_what_is_unsaid_is_said(tmp_path: Path) -> None:
    named = asked(tmp_path, costs={"yes": {"no": 5.0}})
    assert named.costs == COSTS
    assert any("a mistake costs 1" in note for note in named.notes)
    whole = asked(tmp_path, costs={"yes": {"no": 5.0, "yes": 0.0}, "no": {"yes": 1.0, "no": 0.0}})
    assert whole.costs == COSTS and whole.notes == asked(tmp_path, costs=COSTS).notes
    turned = asked(tmp_path, positive="no", costs={"yes": {"no": 5.0}})
    assert (turned.classes, turned.costs) == (("yes", "no"), ((0.0, 5.0), (1.0, 0.0)))
    gains = asked(tmp_path, gains={"yes": {"yes": 10.0}, "no": {"yes": -1.0}})
    assert gains.costs == ((0.0, 1.0), (0.0, -10.0))
    three = asked(tmp_path, THREE, costs={"high": {"low": 9.0}})
    assert three.costs == ((0, 9, 1), (1, 0, 1), (1, 1, 0))


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"costs": COSTS, "gains": GAINS}, "same with the sign turned"),
        ({"costs": {"Yes": {"no": 5.0}}}, 'no class "Yes"'),
        ({"costs": {"yes": {"never": 5.0}}}, 'no class "never"'),
        ({"gains": ((0, 1, 1), (1, 0, 1))}, "must be 2 × 2"),
        ({"gains": {"yes": {"yes": float("inf")}}}, "finite"),
        ({"gains": COSTS}, "must not gain more than being right"),
        ({"costs": GAINS}, "must not cost less than being right"),
        ({"costs": ((0.0, 0.0), (5.0, 0.0))}, 'deciding "yes" is best whatever is true'),
        ({"gains": {"yes": {"yes": 10.0}}}, 'deciding "yes" is best whatever is true'),
    ],
)
def test_senseless_stakes_are_refused(tmp_path: Path, wishes: dict[str, Any], told: str) -> None:
    with pytest.raises(WishError) as caught:
        asked(tmp_path, **wishes)
    assert caught.value.code == "NF-E313" and told in caught.value.message and caught.value.hint


def test_options_are_read_inline_or_from_a_file_and_survive_the_order(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(json.dumps({"yes": {"no": 5}}))
    for text in ('{"yes": {"no": 5}}', str(path)):
        assert stake("costs", text) == {"yes": {"no": 5.0}}
    assert stake("gains", "[[1, 0], [0, 2]]") == ((1.0, 0.0), (0.0, 2.0)) and stake("costs", None) == ()
    for bad in ('{"yes": 5}', '{"yes": {"no": "5"}}', "[[0, 1]]", "{", "nowhere.json", '{"yes": {"no": true}}'):
        with pytest.raises(WishError) as caught:
            stake("gains", bad)
        assert caught.value.code == "NF-E393" and "--gains" in caught.value.hint
    for given in ({"yes": {"no": 5.0}}, COSTS):
        wishes = Wishes(target="y", costs=given, gains=given)
        assert msgspec.json.decode(msgspec.json.encode(wishes), type=Wishes) == wishes


# What they are worth


def problem(
    costs: tuple[tuple[float, ...], ...], classes: tuple[str, ...] = ("no", "yes"), gains: bool = False
) -> Problem:
    return Problem(
        source="table",
        target="y",
        task="binary" if len(classes) == 2 else "multiclass",
        task_why="",
        classes=classes,
        positive=classes[-1] if len(classes) == 2 else None,
        metric="log_loss",
        metric_why="",
        validation=Validation("stratified", 3),
        budget=Budget(),
        seed=0,
        holdout=0.2,
        costs=costs,
        gains=gains,
    )


def deciding(rows: int = 2000, threshold: float = 1 / 6, gains: bool = False, seed: int = 0) -> Deciding:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, rows)
    y = (rng.random(rows) < p).astype(np.int64)
    answers = Answers(y, np.c_[1 - p, p], (p >= threshold).astype(np.int64))
    return Deciding(problem(COSTS, gains=gains), answers, Resampling(np.arange(rows)), threshold)


TRAIN = np.repeat([0, 1], [75, 25])


def test_decisions_are_told_in_the_users_unit_beside_other_ways() -> None:
    case = deciding()
    told = stakes_of(case, TRAIN, np.random.default_rng(0), Clock())
    assert told is not None
    shipped, usual, always = told.policies
    y, labels = case.answers.y, case.answers.labels
    assert labels is not None
    missed, alarms = np.mean((y == 1) & (labels == 0)), np.mean((y == 0) & (labels == 1))
    assert shipped.value == pytest.approx(5 * missed + alarms)
    assert (shipped.behind, shipped.behind_low, shipped.behind_high) == (0, 0, 0)
    assert (usual.name, always.name) == ("threshold 0.5", "always yes")
    assert always.value == pytest.approx(np.mean(y == 0))
    assert shipped.low < shipped.value < shipped.high
    assert usual.behind == pytest.approx(usual.value - shipped.value)
    assert usual.behind_low > 0 and always.behind_low > 0
    cheapest = told.thresholds[int(np.argmin(told.values))]
    assert cheapest == pytest.approx(1 / 6, abs=0.08)
    assert dict(zip(told.thresholds, told.values, strict=True))[1 / 6] == pytest.approx(shipped.value)


def test_gains_mirror_costs() -> None:
    costs, gains = (stakes_of(deciding(gains=g), TRAIN, np.random.default_rng(0), Clock()) for g in (False, True))
    assert costs is not None and gains is not None
    for cost, gain in zip(costs.policies, gains.policies, strict=True):
        assert gain.value == pytest.approx(-cost.value)
        assert (gain.behind, gain.behind_low) == (pytest.approx(cost.behind), pytest.approx(cost.behind_low))
    assert gains.values == pytest.approx([-value for value in costs.values])
    score = score_of(gains, problem(COSTS, gains=True))
    assert (score.metric, score.higher_is_better, score.baseline) == ("gain", True, gains.policies[-1].value)
    assert score_of(costs, problem(COSTS)).title == "expected cost"


def test_the_interval_of_a_cost_covers_its_truth() -> None:
    p = np.random.default_rng(1).beta(1, 3, 1_000_000)
    truth = float(np.where(p >= 1 / 6, 1 - p, 5 * p).mean())
    found = [stakes_of(deciding(200, seed=2 + i), TRAIN, np.random.default_rng(i), Clock()) for i in range(60)]
    inside = [each.policies[0].low <= truth <= each.policies[0].high for each in found if each]
    assert np.mean(inside) >= 0.88


def test_three_classes_have_policies_and_no_curve() -> None:
    rng = np.random.default_rng(3)
    p = rng.dirichlet((1, 1, 1), 300)
    y = np.array([rng.choice(3, p=each) for each in p])
    costs = ((0.0, 1.0, 9.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))
    labels = np.argmin(p @ np.array(costs), axis=1)
    case = Deciding(problem(costs, ("a", "b", "c")), Answers(y, p, labels), Resampling(np.arange(300)), None)
    told = stakes_of(case, y, rng, Clock())
    assert told is not None and told.thresholds == ()
    assert [policy.name for policy in told.policies[:2]] == ["as shipped", "the most probable class"]
    assert told.policies[1].behind > 0 and stakes_view.figures(told) == ()


def test_the_view_marks_the_chosen_threshold() -> None:
    told = stakes_of(deciding(), TRAIN, np.random.default_rng(0), Clock())
    (figure,) = stakes_view.figures(told)
    assert figure.series[1].x == (1 / 6,) and figure.y_label == "expected cost"
    assert figure.title.startswith("At the threshold 0.167 a decision costs")
    table = stakes_view.table(told)
    assert table is not None and len(table.rows) == 3 and table.starred == 0
    assert stakes_view.facts(told)[0].remark.startswith("always yes")
    assert (stakes_view.table(None), stakes_view.facts(None), stakes_view.figures(None)) == (None, (), ())


def test_without_costs_nothing_is_told() -> None:
    case = dataclasses.replace(deciding(), problem=problem(()))
    assert stakes_of(case, TRAIN, np.random.default_rng(0), Clock()) is None


# Calibration's intervals


def test_wilson_covers_and_is_never_empty() -> None:
    assert wilson(0.0, 20) == (0.0, pytest.approx(0.161, abs=1e-3))
    assert wilson(1.0, 20)[1] == 1.0
    rng = np.random.default_rng(4)
    for share in (0.05, 0.5, 0.9):
        seen = rng.binomial(40, share, 2000) / 40
        assert np.mean([low <= share <= high for low, high in map(lambda s: wilson(float(s), 40), seen)]) >= 0.92
