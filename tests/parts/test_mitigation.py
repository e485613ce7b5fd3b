"""Fairness in parts: groups, rates beside Fairlearn's, thresholds by group, rows drawn anew, learning under a
constraint."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from fairlearn import metrics as fairlearn
from fairlearn.postprocessing import ThresholdOptimizer
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score

from ninefold.core.clock import Clock
from ninefold.core.fairness import CRITERIA, Choice, Front
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.protocols import Examples, FitJob, Sensitive
from ninefold.crew.augmenting import augmented
from ninefold.fairness.differences import of_decisions
from ninefold.fairness.groups import Grouping, crossed, grouping_of
from ninefold.fairness.rates import ratios
from ninefold.fairness.thresholds import Aim, thresholds
from ninefold.forms.constant import Constant
from ninefold.forms.onnx import Session, compiled, form_graph, raw_input
from ninefold.forms.weighed import Weighed
from ninefold.learners.fair_boosting import FairBoosting
from ninefold.learners.fair_logistic import FairLogistic
from ninefold.train.policy import Policy
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import NO_TIME

RNG = np.random.default_rng
SEX = Column(name="sex", kind="category", levels=("m", "f"))
AGE = Column(name="age", kind="number")
DAY = 86_400_000_000


def problem(task: str = "binary", classes: tuple[str, ...] = ("no", "yes"), **more: object) -> Problem:
    plan = Validation("stratified", 3)
    made = Problem("t", "y", task, "", classes, None, "roc_auc", "", plan, Budget(), 0, 0.2)  # type: ignore[arg-type]
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def people(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities, truth and group: group 1 is rarer, has less often yes, and scores that tell less."""
    rng = RNG(seed)
    group = (rng.random(rows) < 0.3).astype(np.int64)
    y = (rng.random(rows) < np.where(group == 1, 0.2, 0.5)).astype(np.int64)
    logit = np.where(group == 1, 1.2, 2.0) * (2 * y - 1) + rng.normal(size=rows) - 0.8 * group
    return 1 / (1 + np.exp(-logit)), y, group


# Groups


def test_levels_rare_ones_and_gaps_are_groups() -> None:
    grouping = grouping_of(SEX, np.array(["m", "f", ""], object))
    assert isinstance(grouping, Grouping)
    assert grouping.names == ("m", "f", "other", "missing")
    assert grouping.codes(np.array(["f", "x", "", "m"], object)).tolist() == [1, 2, 3, 0]


def test_numbers_are_put_into_bands_of_equal_mass_and_few_values_stay_apart() -> None:
    ages = np.arange(100.0)
    grouping = grouping_of(AGE, ages)
    assert isinstance(grouping, Grouping)
    assert np.bincount(grouping.codes(ages)).tolist() == [25, 25, 25, 25]
    assert grouping.codes(np.array([np.nan, -np.inf, np.inf])).tolist() == [5, 0, 3]
    few = grouping_of(Column(name="vip", kind="boolean"), np.array([0.0, 1.0, 1.0]))
    assert isinstance(few, Grouping)
    assert few.names[:2] == ("no", "yes")


@pytest.mark.parametrize(
    ("column", "values"), [(Column(name="note", kind="text"), ["a", "b"]), (AGE, [3.0, 3.0]), (AGE, [np.nan, 1.0])]
)
def test_what_makes_no_groups_says_why(column: Column, values: list[object]) -> None:
    assert isinstance(grouping_of(column, np.array(values, object if column.wire == "text" else float)), str)


def test_crossed_groups_are_named_after_both() -> None:
    codes, names = crossed(np.array([0, 1, 1]), ("m", "f"), np.array([1, 0, 1]), ("old", "young"))
    assert [names[code] for code in codes] == ["m · young", "f · old", "f · young"]


ODD = {
    "number": np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 24.0, 25.0, 49.5, 1e300]),
    "text": np.array(["m", "f", "", "unseen", "M", "日本語", "m "], object),
    "time": np.array([NO_TIME, 0, -1, 2**62, -(2**62), 24 * DAY, 25 * DAY]),
}


@pytest.mark.parametrize(
    ("column", "known"),
    [
        (SEX, np.array(["m", "f"], object)),
        (AGE, np.arange(100.0)),
        (AGE, np.array([1.0, 2.0, 2.0])),
        (Column(name="born", kind="datetime"), np.arange(100) * DAY),
    ],
)
def test_the_graph_looks_up_the_same_thresholds(column: Column, known: np.ndarray) -> None:
    grouping = grouping_of(column, known)
    assert isinstance(grouping, Grouping)
    own = Policy(grouping, np.linspace(0.1, 0.9, len(grouping.names)), Aim("equalised-odds", 0.0, 0.5))
    inputs = {column.name: raw_input(column)}
    values = np.concatenate([known, ODD[column.wire]])
    (found,) = Session(compiled(inputs, {"threshold": own.nodes(inputs)})).run({column.name: values}).values()
    np.testing.assert_array_equal(found, own.each({column.name: values}))
    assert len(set(found)) >= 3


# Rates and differences


def test_rates_are_those_of_fairlearn() -> None:
    chance, y, group = people(900)
    labels = (chance >= 0.5).astype(np.int64)
    ours = {r.measure: r for r in ratios(problem(), y, np.column_stack([1 - chance, chance]), labels)}
    theirs = {
        "selection": fairlearn.selection_rate,
        "true positives": fairlearn.true_positive_rate,
        "false positives": fairlearn.false_positive_rate,
        "accuracy": accuracy_score,
    }
    frame = fairlearn.MetricFrame(metrics=theirs, y_true=y, y_pred=labels, sensitive_features=group).by_group
    for measure in theirs:
        ratio = ours[measure]
        for code in (0, 1):
            value = ratio.above[group == code].sum() / ratio.below[group == code].sum()
            assert value == pytest.approx(frame.loc[code, measure])
    given = ours["given − observed"].above[group == 1].mean()
    assert given == pytest.approx(chance[group == 1].mean() - y[group == 1].mean())


def test_differences_are_those_of_fairlearn() -> None:
    chance, y, group = people(900)
    labels = (chance >= 0.5).astype(np.int64)
    found = of_decisions(y, labels, group)
    theirs = {
        "demographic-parity": fairlearn.demographic_parity_difference,
        "equal-opportunity": fairlearn.equal_opportunity_difference,
        "equalised-odds": fairlearn.equalized_odds_difference,
    }
    assert found == {
        name: pytest.approx(measure(y, labels, sensitive_features=group)) for name, measure in theirs.items()
    }


def test_groups_of_few_rows_have_no_say_in_differences() -> None:
    y = np.tile([0, 1], 100)
    codes = np.repeat([0, 1], [180, 20])
    assert of_decisions(y, (codes == 1).astype(np.int64), codes) == dict.fromkeys(CRITERIA, 0.0)


@pytest.mark.parametrize(
    ("task", "classes", "parts"), [("multiclass", ("a", "b", "c"), ("a", "b", "c")), ("binary", ("no", "yes"), ("",))]
)
def test_each_class_is_selected_or_not(task: str, classes: tuple[str, ...], parts: tuple[str, ...]) -> None:
    rng = RNG(0)
    y, labels = rng.integers(len(classes), size=(2, 200))
    found = ratios(problem(task, classes), y, np.full((200, len(classes)), 1 / len(classes)), labels)
    assert tuple(r.part for r in found if r.measure == "selection") == parts
    for ratio in (r for r in found if r.measure == "true positives"):
        code = classes.index(ratio.part) if ratio.part else 1
        assert ratio.above.sum() / ratio.below.sum() == pytest.approx((labels[y == code] == code).mean())


def test_values_are_measured_by_mean_error_and_direction() -> None:
    y, said = np.array([1.0, 2.0, 3.0]), np.array([[0.0], [3.0], [3.0]])
    found = {r.measure: r.above.sum() / r.below.sum() for r in ratios(problem("regression", ()), y, said, None)}
    assert found == pytest.approx({"mean prediction": 2.0, "mean absolute error": 2 / 3, "mean residual": 0.0})


def test_targets_are_measured_each_for_itself() -> None:
    rng = RNG(1)
    y, labels = rng.integers(2, size=(2, 50, 2))
    pairs = (("0", "1"), ("0", "1"))
    asked = problem("multilabel", (), several=("hot", "wet"), labels=pairs)
    found = [r for r in ratios(asked, y, labels * 0.8, labels) if r.measure == "selection"]
    assert [r.part for r in found] == ["hot", "wet"]
    assert found[1].above.mean() == labels[:, 1].mean()


# Thresholds by group


@pytest.mark.parametrize(("criterion", "reached"), [("demographic-parity", 0.03), ("equal-opportunity", 0.04)])
def test_thresholds_by_group_keep_rates_together_on_other_rows(criterion: str, reached: float) -> None:
    chance, y, group = people(6000)
    more, truth, other = people(6000, seed=1)
    own = thresholds(chance, y, group, 2, Aim(criterion, 0.0, 0.5))
    before = of_decisions(truth, (more >= 0.5).astype(np.int64), other)[criterion]
    after = of_decisions(truth, (more >= own[other]).astype(np.int64), other)[criterion]
    assert before > 0.15
    assert after < reached


def test_equalised_odds_come_closer_and_slack_costs_less() -> None:
    chance, y, group = people(6000)

    def judged(slack: float) -> tuple[float, float]:
        labels = (chance >= thresholds(chance, y, group, 2, Aim("equalised-odds", slack, 0.5))[group]).astype(np.int64)
        return of_decisions(y, labels, group)["equalised-odds"], float((labels == y).mean())

    gaps, scores = zip(*(judged(slack) for slack in (0.02, 0.1, 0.9)), strict=True)
    assert gaps[0] < gaps[1] < gaps[2]
    assert scores[0] < scores[1] <= scores[2]
    assert gaps[1] <= 0.1


def test_equal_rates_cost_no_more_accuracy_than_with_fairlearn() -> None:
    chance, y, group = people(6000)

    class Known(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        """A fitted classifier whose only column is the probability."""

        classes_ = (0, 1)

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            return np.column_stack([1 - x[:, 0], x[:, 0]])

        def fit(self, *_: object) -> None: ...

        def __sklearn_is_fitted__(self) -> bool:
            return True

    theirs = ThresholdOptimizer(estimator=Known(), constraints="demographic_parity", prefit=True)
    theirs.fit(chance[:, None], y, sensitive_features=group)
    labels = theirs.predict(chance[:, None], sensitive_features=group, random_state=0)
    own = thresholds(chance, y, group, 2, Aim("demographic-parity", 0.0, 0.5))
    assert ((chance >= own[group]) == y).mean() > accuracy_score(y, labels) - 0.005


def test_small_groups_keep_the_threshold_of_all() -> None:
    chance, y, _ = people(600)
    codes = np.repeat([0, 1, 2], [300, 280, 20])
    assert thresholds(chance, y, codes, 4, Aim("demographic-parity", 0.0, 0.4))[2:].tolist() == [0.4, 0.4]


def test_without_a_bound_thresholds_gain_the_most() -> None:
    """With slack 1 every group has its own best threshold: held against all of them, one by one."""
    chance, y, group = people(500)
    own = thresholds(chance, y, group, 2, Aim("demographic-parity", 1.0, 0.5))
    for code in (0, 1):
        here, truth = chance[group == code], y[group == code]
        best = max(((here >= t) == truth).mean() for t in (*here, 2.0))
        assert ((here >= own[code]) == truth).mean() > best - 0.015


# The front


def test_the_front_is_of_ways_that_no_other_beats() -> None:
    def choice(score: float, gap: float) -> Choice:
        return Choice("", "", {}, None, False, score, {"demographic-parity": gap})

    ways = tuple(choice(*each) for each in [(0.9, 0.3), (0.85, 0.1), (0.84, 0.2), (0.85, 0.12), (0.7, 0.0)])
    front = Front("demographic-parity", "sex", 0.05, "accuracy", True, ways, 0)
    assert [front.is_efficient(way) for way in ways] == [True, True, False, False, True]
    lower = dataclasses.replace(front, higher_is_better=False)
    assert [lower.is_efficient(way) for way in ways] == [False, False, False, False, True]


# Rows drawn anew


def test_reweighed_rows_have_all_classes_alike_in_every_group() -> None:
    _, y, group = people(2000)
    x = np.arange(2000.0)[:, None]
    data = Examples(x, y, "binary", 2, ("x",), sensitive=Sensitive(group, "demographic-parity"))
    job = FitJob(1, "lightgbm", {}, "plain", 0, 10.0, 0, augment="reweigh")
    out, again = augmented(data, job), augmented(data, job)
    assert out.sensitive is not None
    places = out.x[:, 0].astype(int)
    np.testing.assert_array_equal(out.y, y[places])
    np.testing.assert_array_equal(out.sensitive.groups, group[places])
    np.testing.assert_array_equal(out.x, again.x)
    shares = [out.y[out.sensitive.groups == code].mean() for code in (0, 1)]
    assert shares == pytest.approx([y.mean()] * 2, abs=0.003)
    assert abs(y[group == 0].mean() - y[group == 1].mean()) > 0.2
    assert abs(len(out.y) - 2000) <= 2
    assert np.isin(out.sensitive.groups, (0, 1)).all()
    assert out.stop is data.stop


def test_rows_without_groups_are_left_as_they_are() -> None:
    data = Examples(np.zeros((4, 1)), np.array([0, 1, 0, 1]), "binary", 2, ("x",))
    assert augmented(data, FitJob(1, "lightgbm", {}, "plain", 0, 1.0, 0, augment="reweigh")) is data


# Learning under a constraint


def unfair(rows: int = 1200) -> Examples:
    """x0 tells the group, and so do the classes; x1 tells the class within each."""
    rng = RNG(2)
    group = rng.integers(2, size=rows)
    x = np.column_stack([group + 0.2 * rng.normal(size=rows), rng.normal(size=rows)])
    y = (1.5 * x[:, 1] + 2.0 * group - 1 + rng.normal(size=rows) > 0).astype(np.int64)
    return Examples(x, y, "binary", 2, ("x0", "x1"), sensitive=Sensitive(group, "demographic-parity"))


@pytest.mark.parametrize("learner", [FairBoosting(trees=20, iterations=5), FairLogistic(iterations=5)])
def test_a_constraint_brings_groups_together_and_its_graph_is_the_same(learner: FairBoosting | FairLogistic) -> None:
    data = unfair()
    assert data.sensitive is not None
    plain = dataclasses.replace(data, sensitive=None)
    forms = [learner.fit(each, rng=RNG(0), clock=Clock()) for each in (plain, data)]
    before, after = (
        of_decisions(data.y, (form.predict(data.x)[:, 1] >= 0.5).astype(np.int64), data.sensitive.groups)
        for form in forms
    )
    assert before["demographic-parity"] > 0.4
    assert after["demographic-parity"] < 0.15
    assert isinstance(forms[1], Weighed)
    assert sum(forms[1].weights) == pytest.approx(1.0)
    rows = np.vstack([data.x, forms[1].borders(), [[np.nan, 0.0]] if isinstance(learner, FairBoosting) else data.x[:1]])
    graphed = Session(form_graph(forms[1], 2)).run({"x": rows})["y"]
    np.testing.assert_allclose(graphed, forms[1].predict(rows), atol=1e-12)


@pytest.mark.parametrize("criterion", ["equal-opportunity", "equalised-odds"])
def test_each_criterion_has_its_constraint(criterion: str) -> None:
    data = unfair()
    assert data.sensitive is not None
    groups = data.sensitive.groups
    gaps = []
    for sensitive in (None, Sensitive(groups, criterion)):
        form = FairLogistic(iterations=5).fit(dataclasses.replace(data, sensitive=sensitive), rng=RNG(0), clock=Clock())
        gaps.append(of_decisions(data.y, (form.predict(data.x)[:, 1] >= 0.5).astype(np.int64), groups)[criterion])
    assert gaps[1] < 0.5 * gaps[0]


def test_a_constraint_ends_when_the_clock_does() -> None:
    form = FairLogistic().fit(unfair(), rng=RNG(0), clock=Clock(0.0))
    assert isinstance(form, Constant)


def test_the_same_seed_gives_the_same_constraint() -> None:
    one, two = (FairBoosting(trees=10, iterations=3).fit(unfair(300), rng=RNG(0), clock=Clock()) for _ in range(2))
    x = np.array(list(itertools.product((0.0, 1.0), (-1.0, 0.0, 1.0))))
    np.testing.assert_array_equal(one.predict(x), two.predict(x))
