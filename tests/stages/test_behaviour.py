"""What moves the answers, and how far they can be trusted: groups of columns, dependences, promises."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ninefold.core.behaviour import Followed
from ninefold.core.clock import Clock
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.table import Rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import resampling
from ninefold.evaluate.behaviour_view import _title
from ninefold.evaluate.dependences import MOST, asked_about, dependences
from ninefold.evaluate.groups import associations, groups
from ninefold.evaluate.importance import Shuffling, alone, importances, together
from ninefold.evaluate.promises import Check, told
from ninefold.metrics.r2 import R2
from ninefold_runtime.conformal import conformal
from ninefold_runtime.schema import Column, Schema, Target

FOREVER = Clock()
PROBLEM = Problem(
    source="table",
    target="y",
    task="regression",
    task_why="",
    classes=(),
    positive=None,
    metric="r2",
    metric_why="",
    validation=Validation("k-fold", 3),
    budget=Budget(),
    seed=0,
    holdout=0.2,
)


class Double:
    """A graph that is a function."""

    def __init__(self, function):
        self.function = function

    def run(self, arrays):
        return {"prediction": self.function(arrays)}


def table(rows=600, seed=0):
    """``copy`` says what ``width`` says, ``code`` what ``band`` says, which is also a band of ``height``."""
    rng = np.random.default_rng(seed)
    width, height = rng.normal(size=rows), rng.uniform(size=rows)
    band = np.array(["low", "middle", "high"], object)[np.minimum((height * 3).astype(int), 2)]
    columns = {
        "width": width,
        "height": height,
        "copy": np.exp(width + rng.normal(0, 0.01, rows)),
        "alone": rng.normal(size=rows),
        "band": band,
        "code": np.array([value[0] for value in band], object),
        "site": rng.choice(np.array(["a", "b", "c"], object), rows),
    }
    return Rows(columns, 2 * width + columns["alone"])


def kinds(rows):
    return tuple(
        Column(name=name, kind="category" if values.dtype.kind == "O" else "number")
        for name, values in rows.columns.items()
    )


def test_columns_that_say_the_same_are_grouped_whatever_their_kinds():
    rows = table()
    found = groups(kinds(rows), rows, np.random.default_rng(0))
    assert found == (("width", "copy"), ("height", "band", "code"))


def test_independent_columns_are_not_grouped_however_many_levels_they_have():
    rng = np.random.default_rng(1)
    names = np.array([f"level{i}" for i in range(200)], object)
    rows = Rows({n: rng.choice(names, 300) for n in "ab"} | {n: rng.normal(size=300) for n in "cd"}, np.zeros(300))
    assert groups(kinds(rows), rows, rng) == ()
    found = associations(rows, ["c", "d"], ["a", "b"])
    assert np.abs(found - np.eye(4)).max() < 0.5


def test_missing_and_constant_columns_do_not_disturb():
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    holes = np.where(rng.random(200) < 0.1, np.nan, x)
    rows = Rows({"x": x, "holes": holes, "one": np.ones(200), "same": np.array(["s"] * 200, object)}, np.zeros(200))
    assert groups(kinds(rows), rows, rng) == (("x", "holes"),)


def test_no_chains_of_columns():
    """Neighbours are alike, ends are not: no group holds two columns that are not alike."""
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.normal(size=(400, 8)), axis=1)
    rows = Rows({f"c{i}": walk[:, i] for i in range(8)}, np.zeros(400))
    like = associations(rows, [f"c{i}" for i in range(8)], [])
    for group in groups(kinds(rows), rows, rng):
        places = [int(name[1]) for name in group]
        assert like[np.ix_(places, places)].min() > 0.75


def test_a_column_that_stands_twice_is_not_shown_as_unimportant():
    rows = table(400)
    graph = Double(lambda a: a["width"] + np.log(a["copy"]) + a["alone"])
    shuffling = Shuffling(graph, rows, PROBLEM, R2(), resampling(rows))
    units = (("width",), ("copy",), ("alone",), ("site",), ("width", "copy"))
    found = importances(shuffling, units, np.random.default_rng(0), FOREVER, lambda done: None)
    singles = {each.column: each for each in alone(found)}
    (both,) = together(found)
    assert set(singles) == {"width", "copy", "alone", "site"}
    assert both.columns == ("width", "copy")
    assert both.drop > 1.5 * max(singles["width"].drop, singles["copy"].drop)
    assert both.low > both.alone_high
    assert singles["site"].drop == 0
    assert both.alone == max(singles["width"].drop, singles["copy"].drop)


def schema_of(problem, columns):
    target = Target(name="y", task=problem.task, several=problem.several)
    return Schema(columns=columns, target=target)


def followed(function, names, clock=FOREVER, problem=PROBLEM, rows=None):
    rows = table(300) if rows is None else rows
    asked = asked_about(Double(function), rows, problem, schema_of(problem, kinds(rows)), np.random.default_rng(0))
    return dependences(asked, names, problem, clock)


def test_dependences_are_the_function():
    first, second = followed(lambda a: a["width"] ** 2 + 3.0 * (a["site"] == "b"), ("width", "site"))
    assert np.allclose(np.subtract(first.mean, first.mean[0]), np.square(first.places) - first.places[0] ** 2)
    assert np.allclose(np.subtract(first.high, first.low), 3.0)
    assert np.average(first.effect) == pytest.approx(np.average(first.mean), abs=0.5)
    effect = dict(zip(second.effect_places, second.effect, strict=True))
    assert effect["b"] - effect["a"] == pytest.approx(3.0)
    assert (first.column, first.output) == ("width", "y")


def test_no_time_no_dependences_and_never_more_than_some():
    names = tuple(table(10).columns)
    assert followed(lambda a: a["width"], names, Clock(0.0)) == ()
    assert len(followed(lambda a: a["width"], names)) == MOST


def test_the_output_that_moves_most_is_followed():
    several = dataclasses.replace(PROBLEM, task="multioutput", several=("small", "large"))

    def function(a):
        return np.stack([a["width"] + 0.01 * a["alone"], 100 * a["alone"] + a["width"]], axis=1)

    by_column = {each.column: each.output for each in followed(function, ("width", "alone"), problem=several)}
    assert by_column == {"width": "small", "alone": "large"}


def test_datetimes_are_years_and_text_is_not_followed():
    rng = np.random.default_rng(0)
    stamps = np.arange(100, dtype=np.int64) * 365 * 86_400 * 10**6
    rows = Rows({"seen": stamps, "words": np.array(["some text"] * 100, object)}, rng.normal(size=100))
    columns = (Column(name="seen", kind="datetime"), Column(name="words", kind="text"))
    asked = asked_about(Double(lambda a: a["seen"] / 1e15), rows, PROBLEM, schema_of(PROBLEM, columns), rng)
    (found,) = dependences(asked, ("words", "seen"), PROBLEM, FOREVER)
    assert found.places[0] == 1970.0
    assert found.places[-1] == pytest.approx(2069, abs=1)


@pytest.mark.parametrize(
    ("effect", "title"),
    [
        ((0.1, 0.2, 0.4), "Predicted y rises with x, from 0.100 to 0.400"),
        ((0.4, 0.2, 0.1), "Predicted y falls with x, from 0.400 to 0.100"),
        ((0.4, 0.1, 0.4), "Predicted y moves between 0.100 and 0.400 with x"),
        ((0.2, 0.2, 0.2), "Predicted y moves between 0.200 and 0.200 with x"),
    ],
)
def test_titles_say_what_is_seen(effect, title):
    places = (1.0, 2.0, 3.0)
    assert _title(Followed("x", "y", places, effect, effect, effect, places, effect), "predicted y") == title


def check(y, predictions, made):
    rows = Rows({}, y)
    return Check(made, Answers(y, predictions), resampling(rows), np.random.default_rng(0), FOREVER)


def test_promises_that_are_kept_and_promises_that_are_not():
    rng = np.random.default_rng(4)
    made = conformal("regression", np.zeros((2_000, 1)), rng.normal(size=2_000))
    for spread, kept in ((1.0, True), (2.0, False)):
        found = check(rng.normal(0, spread, 800), np.zeros((800, 1)), made).promises(())
        assert [promise.level for promise in found] == [0.8, 0.9, 0.95]
        assert all((p.low <= p.level <= p.high) == kept for p in found)
        assert all(p.size == pytest.approx(width, abs=0.2) for p, width in zip(found, (2.56, 3.29, 3.92), strict=True))
    assert "2,000" in told(made)


def test_classes_are_looked_at_one_by_one():
    rng = np.random.default_rng(5)
    y = (rng.random(2_000) < 0.1).astype(int)
    predictions = np.tile([0.9, 0.1], (2_000, 1))
    made = conformal("binary", predictions, y)
    right = check(y[:500], predictions[:500], made)
    (sets,) = [promise for promise in right.promises(()) if promise.level == 0.8]
    assert sets.size == sets.size_low == 1.0
    by_name = {each.name: each for each in right.by_class(("no", "yes"))}
    assert by_name["no"].observed == 1.0
    assert by_name["yes"].rows == int(y[:500].sum())
    assert "LAC" in told(made)


def test_each_of_several_targets_has_its_promise():
    rng = np.random.default_rng(6)
    y = rng.normal(size=(300, 2)) * [1, 50]
    made = conformal("multioutput", np.zeros((300, 2)), y)
    found = check(y, np.zeros((300, 2)), made).promises(("u", "v"))
    assert [promise.target for promise in found[:2]] == ["u", "v"]
    assert found[1].size > 20 * found[0].size
