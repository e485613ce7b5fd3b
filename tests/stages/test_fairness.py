"""Fairness through the stages: wishes, rows that are only judged, what is tried, the front, groups on sealed rows,
and what is found."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rooms import collected, context, problem_of

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.errors import ColumnError, WishError
from ninefold.core.fairness import Choice, Compared, Fairness, Front, Gap, Group, GroupThresholds, Rate
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone
from ninefold.core.results import Evaluation, Score, Trial, Verdict
from ninefold.core.section import Finding
from ninefold.core.table import Dataset, Rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling, wilson
from ninefold.evaluate import fairness_view
from ninefold.evaluate.evidence import Evidence, findings
from ninefold.evaluate.fairness import Measure, fairness
from ninefold.fairness.thresholds import Aim
from ninefold.prepare.stage import prepare
from ninefold.report.command import reproduce
from ninefold.select import front_view
from ninefold.select.candidates import LEARNERS, Candidate, eligible, mitigates
from ninefold.select.front import SLACKS, Speaker, front_of
from ninefold.select.mitigating import FIRST, mitigating
from ninefold.select.trials import Entry
from ninefold_runtime.schema import Column

RNG = np.random.default_rng


def frame(rows: int = 400, seed: int = 0) -> pl.DataFrame:
    """Men have yes more often than women; skill tells yes in both."""
    rng = RNG(seed)
    male = rng.random(rows) < 0.6
    skill = rng.normal(size=rows)
    yes = skill + 1.2 * male + 0.7 * rng.normal(size=rows) > 0.8
    sex = np.where(male, "m", "f")
    return pl.DataFrame(
        {"skill": skill, "age": rng.integers(18, 80, rows), "sex": sex, "y": np.where(yes, "yes", "no")}
    )


# Wishes


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"fair": "demographic-parity"}, "between whom"),
        ({"fair": "demografic-parity", "sensitive": ("sex",)}, "no criterion"),
        ({"fair": "equalised-odds", "sensitive": ("sex",), "target": "skill"}, "two classes"),
        ({"fair_gap": 1.5, "sensitive": ("sex",)}, "--fair-gap"),
        ({"fair": "equalised-odds", "sensitive": ("sex",), "kinds": {"sex": "text"}}, "makes no groups"),
    ],
)
def test_what_cannot_be_asked_of_fairness_is_said(wishes: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(WishError, match=says) as caught:
        problem_of(frame(), tmp_path, **{"target": "y"} | wishes)
    assert caught.value.code == "NF-E318"
    assert caught.value.hint


def test_a_run_without_fairlearn_says_at_once_what_it_goes_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes: dict[str, Any] = {"target": "y", "sensitive": ("sex",), "fair": "equalised-odds"}
    assert not any("ninefold[fairness]" in note for note in problem_of(frame(), tmp_path, **wishes).notes)
    monkeypatch.setattr("ninefold.problem.fair.find_spec", lambda name: None)
    monkeypatch.setattr("ninefold.select.candidates.find_spec", lambda name: None)
    asked = problem_of(frame(), tmp_path, **wishes)
    assert any("ninefold[fairness]" in note for note in asked.notes)
    assert not {"fair_boosting", "fair_logistic"} & eligible(asked).keys()


def test_a_target_is_not_sensitive(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="--sensitive"):
        problem_of(frame(), tmp_path, target="y", sensitive=("y",))


def test_the_command_says_what_was_asked(tmp_path: Path) -> None:
    asked = problem_of(frame(), tmp_path, target="y", sensitive=("sex",), fair="equalised-odds", fair_gap=0.1)
    assert "--sensitive sex" in reproduce(asked)
    assert "--fair equalised-odds --fair-gap 0.1" in reproduce(asked)


@pytest.mark.parametrize("role", [{"drop": ("sex",)}, {"group": "sex"}])
def test_dropped_columns_are_judged_and_not_learned_from(role: dict[str, Any], tmp_path: Path) -> None:
    wide = frame().with_columns(sex=pl.Series([f"{'fm'[i % 2]}{i % 7}" for i in range(400)]))
    problem, dataset = collected(wide, tmp_path, target="y", sensitive=("sex",), **role)
    assert problem.only_judged == ("sex",)
    assert "sex" in dataset.names
    assert len(dataset.sealed.open().columns["sex"]) == dataset.sealed.rows
    preparation = prepare(problem, dataset, context=context(tmp_path))
    assert "sex" not in preparation.columns
    assert "only groups are compared" in next(a.why for a in preparation.left_out if a.column == "sex")


def test_dropped_columns_that_are_not_sensitive_go(tmp_path: Path) -> None:
    _, dataset = collected(frame(), tmp_path, target="y", sensitive=("sex",), drop=("age",))
    assert "age" not in dataset.names
    assert "sex" in dataset.names


# What the search tries


def entry(number: int, learner: str, loss: float, augment: str = "") -> Entry:
    part = parts.find(LEARNERS, learner)
    made = Entry(number, Candidate(learner, parts.settings(part()), part.card.view, augment=augment), 1, asked={0})
    made.record(FitDone(number, 0, "ok", loss=loss, score=1 - loss))
    return made


def test_learners_under_a_constraint_are_for_those_who_ask(tmp_path: Path) -> None:
    plain = problem_of(frame(), tmp_path, target="y", sensitive=("sex",))
    asked = dataclasses.replace(plain, fair="demographic-parity")
    assert not {"fair_boosting", "fair_logistic"} & eligible(plain).keys()
    assert {"fair_boosting", "fair_logistic"} <= eligible(asked).keys()


def test_the_best_is_had_again_on_reweighed_rows_then_constraints_then_others(tmp_path: Path) -> None:
    asked = problem_of(frame(), tmp_path, target="y", sensitive=("sex",), fair="demographic-parity")
    learners = eligible(asked)
    begun = [entry(0, "baseline", 0.7), entry(1, "lightgbm", 0.4), entry(2, "lightgbm", 0.3)]
    assert mitigating(asked, begun, begun, learners) == []
    begun.append(entry(3, "logistic_regression", 0.5))
    assert len(begun) == FIRST
    ranked = sorted(begun, key=lambda e: e.mean_loss)
    found = mitigating(asked, begun, ranked, learners)
    assert [(c.learner, c.augment) for c in found] == [
        ("lightgbm", "reweigh"),
        ("fair_boosting", ""),
        ("fair_logistic", ""),
        ("logistic_regression", "reweigh"),
    ]
    assert found[0].parent == 2
    assert all(mitigates(candidate, learners) for candidate in found)
    begun += [entry(4, "lightgbm", 0.6, "reweigh"), entry(5, "fair_boosting", 0.6), entry(6, "fair_logistic", 0.6)]
    (left,) = mitigating(asked, begun, ranked, learners)
    assert left.learner == "logistic_regression"
    assert mitigating(dataclasses.replace(asked, fair=None), begun, ranked, learners) == []


# The front


@pytest.fixture
def asked(tmp_path: Path) -> tuple[Problem, Dataset, np.ndarray]:
    """A problem, its rows, and honest probabilities."""
    problem, dataset = collected(
        frame(3000), tmp_path, target="y", sensitive=("sex",), fair="demographic-parity", fair_gap=0.08
    )
    rows = dataset.rows.columns
    logit = 2.5 * (rows["skill"] + 1.2 * (rows["sex"] == "m") - 0.8)
    chance = 1 / (1 + np.exp(-logit))
    return problem, dataset, np.column_stack([1 - chance, chance])


def trial(number: int, augment: str = "reweigh") -> Trial:
    return Trial(number, "lightgbm", "LightGBM", "plain", {}, "finished", augment=augment)


def fronted(problem: Problem, dataset: Dataset, said: np.ndarray, mitigated: np.ndarray) -> Front:
    speaker = Speaker("the ensemble", "ensemble", {1: 1.0}, said)
    front = front_of(problem, dataset, speaker, [trial(7)], {1: said, 7: mitigated})
    assert front is not None
    return front


def test_the_best_of_those_close_enough_is_taken(asked: tuple[Problem, Dataset, np.ndarray]) -> None:
    problem, dataset, said = asked
    front = fronted(problem, dataset, said, np.full_like(said, 0.5))
    chosen = front.choices[front.chosen]
    assert chosen.slack is not None
    assert front.gap(chosen) <= 0.08
    assert front.gap(front.choices[0]) > 0.3
    close = [choice for choice in front.choices if front.gap(choice) <= 0.08]
    assert chosen.score == max(choice.score for choice in close)
    assert front.choices[0].score > chosen.score
    assert {choice.kind for choice in front.choices} == {"ensemble", "reweighing", "mixture", "thresholds"}
    mixture = next(choice for choice in front.choices if choice.kind == "mixture")
    assert mixture.weights == {1: 0.5, 7: 0.5}


def test_nothing_is_mitigated_where_nothing_is_unfair(asked: tuple[Problem, Dataset, np.ndarray]) -> None:
    problem, dataset, said = asked
    front = fronted(dataclasses.replace(problem, fair_gap=0.9), dataset, said, np.full_like(said, 0.5))
    assert front.choices[front.chosen].kind in {"ensemble", "mixture", "thresholds"}
    assert front.choices[front.chosen].score >= front.choices[0].score


def test_who_drops_the_column_gets_no_thresholds_by_it(asked: tuple[Problem, Dataset, np.ndarray]) -> None:
    problem, dataset, said = asked
    alike = np.roll(said, 1, axis=0)
    front = fronted(dataclasses.replace(problem, drop=("sex",)), dataset, said, alike)
    assert all(choice.slack is None for choice in front.choices)
    assert front.choices[front.chosen].kind == "reweighing"
    assert "left out" in front.notes[0]
    assert front.notes[0] in front_view.text(front)


def test_thresholds_are_judged_on_rows_they_were_not_learned_on(
    asked: tuple[Problem, Dataset, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is left out once when thresholds are learned, and four times learned from."""
    problem, dataset, said = asked
    learned: list[np.ndarray] = []

    def recorded(positive: np.ndarray, y: np.ndarray, codes: np.ndarray, groups: int, aim: Aim) -> np.ndarray:
        learned.append(positive)
        return np.full(groups, 0.5)

    monkeypatch.setattr("ninefold.select.front.thresholds", recorded)
    fronted(problem, dataset, said, said)
    assert len(learned) == 5 * len(SLACKS)
    for place in range(len(SLACKS)):
        values, times = np.unique(np.concatenate(learned[5 * place : 5 * place + 5]), return_counts=True)
        assert len(values) == dataset.train_rows
        assert set(times) == {4}


def test_given_costs_are_what_decisions_are_scored_by(asked: tuple[Problem, Dataset, np.ndarray]) -> None:
    problem, dataset, said = asked
    front = fronted(dataclasses.replace(problem, costs=((0.0, 1.0), (5.0, 0.0))), dataset, said, said)
    assert (front.metric, front.higher_is_better) == ("mean cost", False)
    assert front.choices[0].score < 1.0


def test_the_front_is_shown_with_the_way_taken_starred(asked: tuple[Problem, Dataset, np.ndarray]) -> None:
    front = fronted(*asked, np.full_like(asked[2], 0.5))
    table, figure = front_view.table(front), front_view.figure(front)
    assert table.starred is not None
    assert table.rows[table.starred][0] == front.choices[front.chosen].title
    assert [row[2] for row in table.rows] == sorted(front.gap(choice) for choice in front.choices)
    assert (table.topic, figure.topic, figure.kind) == ("fairness", "fairness", "scatter")
    assert sum(len(series.x) for series in figure.series) == len(front.choices)
    assert next(s for s in figure.series if s.name == "taken").x == (front.gap(front.choices[front.chosen]),)


# Groups on sealed rows


def measured(
    problem: Problem,
    columns: dict[str, np.ndarray],
    answers: Answers,
    schema: tuple[Column, ...],
    clock: Clock | None = None,
) -> Fairness:
    rows = Rows(columns, answers.y)
    dataset = Dataset(schema, Path(), len(rows), None, "", "", "")  # type: ignore[arg-type]
    vars(dataset)["rows"] = rows
    how = Resampling(np.arange(len(rows)))
    return fairness(dataset, rows, Measure(problem, answers, how, RNG(0)), clock or Clock())


SEX = Column(name="sex", kind="category", levels=("m", "f", "x"))
AGE = Column(name="age", kind="number")


def binary(tmp_path: Path, *sensitive: str) -> Problem:
    return problem_of(frame(), tmp_path, target="y", sensitive=sensitive)


def decided(rows: int, unfair: float, seed: int) -> tuple[dict[str, np.ndarray], Answers]:
    rng = RNG(seed)
    sex = rng.choice(np.array(["m", "f", "x"], object), p=[0.6, 0.37, 0.03], size=rows)
    chance = rng.random(rows)
    y = (rng.random(rows) < chance).astype(np.int64)
    labels = (chance + np.where(sex == "f", -unfair, 0.0) >= 0.5).astype(np.int64)
    columns = {"sex": sex, "age": rng.integers(18, 80, rows).astype(float)}
    return columns, Answers(y, np.column_stack([1 - chance, chance]), labels)


def test_a_planted_difference_is_found_and_small_groups_are_not_judged(tmp_path: Path) -> None:
    columns, answers = decided(700, 0.25, 0)
    found = measured(binary(tmp_path, "sex", "age"), columns, answers, (SEX, AGE))
    assert [each.columns for each in found.compared] == [("sex",), ("age",), ("sex", "age")]
    sex = found.compared[0]
    small = next(group for group in sex.groups if group.name == "x")
    assert not small.judged
    assert small.rates
    gap = sex.widest(("selection",))
    assert gap is not None
    assert (gap.highest, gap.lowest) == ("m", "f")
    assert gap.beyond_chance
    assert gap.low < gap.difference < gap.high
    assert gap.low < 0.25 < gap.high
    assert gap.ratio is not None
    assert gap.ratio_low is not None
    assert gap.ratio_high is not None
    assert gap.ratio_low < gap.ratio < gap.ratio_high < 1
    for group in sex.groups:
        rate, mask = group.rate("selection"), columns["sex"] == group.name
        assert rate is not None
        assert answers.labels is not None
        assert rate.value == pytest.approx(answers.labels[mask].mean())
    age = found.compared[1].widest(("selection",))
    assert age is not None
    assert not age.beyond_chance


def test_equal_groups_are_told_apart_from_chance_seldom(tmp_path: Path) -> None:
    """All measures of all columns at once: in 40 tables without a difference a few alarms at most."""
    problem = binary(tmp_path, "sex", "age")
    alarms = 0
    for seed in range(40):
        columns, answers = decided(300, 0.0, seed)
        found = measured(problem, columns, answers, (SEX, AGE), Clock(0.0))
        alarms += any(gap.beyond_chance for each in found.compared for gap in each.gaps)
    assert alarms <= 4


def test_intervals_of_a_share_hold_the_truth_even_of_few_rows() -> None:
    rng = RNG(0)
    drawn = rng.binomial(8, 0.1, size=2000)
    held = [low <= 0.1 <= high for low, high in (wilson(count / 8, 8) for count in drawn)]
    assert np.mean(held) > 0.9
    assert wilson(0.0, 5)[1] > 0.3


def test_classes_and_values_have_groups_too(tmp_path: Path) -> None:
    rng = RNG(0)
    sex = rng.choice(np.array(["m", "f"], object), size=400)
    y = rng.integers(3, size=400)
    labels = np.where((sex == "f") & (y == 2), 0, y)
    problem = dataclasses.replace(binary(tmp_path, "sex"), task="multiclass", classes=("a", "b", "c"))
    found = measured(problem, {"sex": sex}, Answers(y, np.eye(3)[labels], labels), (SEX,)).compared[0]
    gap = found.widest(("true positives",))
    assert gap is not None
    assert (gap.part, gap.lowest, gap.difference) == ("c", "f", 1.0)
    truth = rng.normal(size=400)
    said = np.where(sex == "f", truth - 1.0, truth)[:, None]
    values = dataclasses.replace(problem, task="regression", classes=())
    found = measured(values, {"sex": sex}, Answers(truth, said), (SEX,)).compared[0]
    residual = found.widest(("mean residual",))
    assert residual is not None
    assert residual.highest == "f"
    assert residual.difference == pytest.approx(1.0)
    assert residual.beyond_chance
    assert residual.ratio is None


def test_columns_that_make_no_groups_are_named_with_the_reason(tmp_path: Path) -> None:
    columns, answers = decided(100, 0.0, 0)
    note = Column(name="age", kind="text")
    found = measured(binary(tmp_path, "sex", "age"), columns, answers, (SEX, note))
    assert "kind text" in found.skipped["age"]
    assert any("age" in line for line in fairness_view.text(found))


def test_everything_of_it_is_under_the_heading_of_fairness(tmp_path: Path) -> None:
    columns, answers = decided(700, 0.25, 0)
    found = measured(binary(tmp_path, "sex", "age"), columns, answers, (SEX, AGE))
    tables, figures = list(fairness_view.tables(found)), list(fairness_view.figures(found))
    assert tables
    assert figures
    assert {part.topic for part in (*tables, *figures)} == {"fairness"}
    assert tables[0].rows[0][0] == "demographic parity"
    rows = [row for table in tables if table.title.startswith("Groups of sex,") for row in table.rows]
    assert any(row[0] == "x" and "too few" in str(row[-1]) for row in rows)
    assert list(fairness_view.tables(None)) == list(fairness_view.figures(None)) == []


# Findings


def gap(measure: str, difference: float, chance: float = 0.05) -> Gap:
    return Gap(measure, "", "m", "f", difference, difference - 0.05, difference + 0.05, chance)


def group(name: str, rows: int, measure: str, value: float) -> Group:
    rates = [Rate(measure, "", value, value - 0.1, value + 0.1, rows)]
    if measure == "mean residual":
        rates.append(Rate("mean absolute error", "", 1.0, 0.9, 1.1, rows))
    return Group(name, rows, tuple(rates))


def of_gap(found: Gap, rows: int = 200, **more: Any) -> Fairness:
    ends = (found.difference + 0.1, 0.1)
    groups = tuple(group(name, rows, found.measure, value) for name, value in zip("mf", ends, strict=True))
    return Fairness((Compared(("sex",), groups, (found,)),), {}, **more)


CHOICE = Choice("the ensemble", "ensemble", {0: 1.0}, None, False, 0.8, dict.fromkeys(("demographic-parity",), 0.04))
FRONT = Front("demographic-parity", "sex", 0.05, "accuracy", True, (CHOICE,), 0)
OWN = GroupThresholds("sex", "demographic-parity", 0.0, {"m": 0.4, "f": 0.6, "other": 0.5, "missing": 0.5}, 0.5)
FIRES = {
    "NF760": of_gap(gap("selection", 0.2)),
    "NF761": of_gap(gap("false positives", 0.2)),
    "NF762": of_gap(gap("given − observed", 0.1)),
    "NF763": of_gap(gap("accuracy", 0.2)),
    "NF764": of_gap(gap("mean residual", 0.5)),
    "NF765": of_gap(gap("selection", 0.01), rows=12),
    "NF766": of_gap(gap("selection", 0.01), thresholds=OWN),
    "NF767": of_gap(gap("selection", 0.105, 0.03), front=dataclasses.replace(FRONT, allowed=0.02)),
}
SILENT = {
    "NF760 within chance": of_gap(gap("selection", 0.2, 0.3)),
    "NF760 of no matter": of_gap(gap("selection", 0.08)),
    "NF761 within chance": of_gap(gap("true positives", 0.2, 0.3)),
    "NF762 of no matter": of_gap(gap("given − observed", 0.04, 0.01)),
    "NF763 of no matter": of_gap(gap("accuracy", 0.08)),
    "NF764 of no matter": of_gap(gap("mean residual", 0.1, 0.05)),
    "NF765 of enough rows": of_gap(gap("selection", 0.01), rows=30),
    "NF766 with one threshold": of_gap(gap("selection", 0.01), front=FRONT),
    "NF767 within what rows leave open": of_gap(gap("selection", 0.09, 0.06), front=FRONT),
}


def told(problem: Problem, found: Fairness | None) -> dict[str, Finding]:
    headline = Score("roc_auc", "ROC AUC", 0.86, 0.82, 0.9, True, 0.5)
    quiet = Evaluation(
        headline,
        (headline,),
        500,
        Verdict("good", "fine", 0.9, 0.865, 0.86, 0.5),
        ("no", "yes"),
        ((200, 50), (50, 200)),
        calibration_error=0.03,
        calibration_interval=(0.0, 0.05),
        calibration_chance=0.06,
        fairness=found,
    )
    return {finding.code: finding for finding in findings(Evidence(problem, quiet, 0.01))}


@pytest.mark.parametrize("code", FIRES)
def test_finding_fires(code: str, tmp_path: Path) -> None:
    found = told(binary(tmp_path, "sex"), FIRES[code])
    assert set(found) <= {code, "NF760"}
    assert found[code].columns == ("sex",)
    assert found[code].evidence
    assert found[code].action
    assert "sex" in found[code].evidence


@pytest.mark.parametrize("case", SILENT)
def test_finding_stays_silent(case: str, tmp_path: Path) -> None:
    assert case[:5] not in told(binary(tmp_path, "sex"), SILENT[case])


def test_nothing_is_found_where_nothing_is_sensitive(tmp_path: Path) -> None:
    assert told(binary(tmp_path), None) == {}


def test_crossed_groups_are_told_where_no_column_alone_is(tmp_path: Path) -> None:
    both = Compared(("sex", "age"), FIRES["NF760"].compared[0].groups, FIRES["NF760"].compared[0].gaps)
    alone = told(binary(tmp_path, "sex"), Fairness((both,), {}))["NF760"]
    assert "sex × age" in alone.evidence
    together = told(binary(tmp_path, "sex"), Fairness((*FIRES["NF760"].compared, both), {}))["NF760"]
    assert "sex × age" not in together.evidence
