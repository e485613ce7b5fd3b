"""Each finding of the search leads to one thing to try, where it holds alone, and is told before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rooms import collected

from ninefold.core import parts
from ninefold.core.parts import Value
from ninefold.core.protocols import FitDone
from ninefold.core.recipe import Features, Recipe
from ninefold.core.results import Geometry, Leaderboard
from ninefold.select import answered
from ninefold.select.advice import ACTIONS, FIRST, LEADERS, Situation, actions, advised
from ninefold.select.candidates import LEARNERS, Candidate, eligible
from ninefold.select.geometry import geometry, is_cursed
from ninefold.select.trials import Entry
from ninefold.select.view import view

PLAIN = Geometry(rows=1000, columns=5, numbers=5, dimension=4.0, contrast=3.0)


def entry(
    number: int,
    learner: str,
    train: float,
    score: float,
    *,
    rounds: int | None = None,
    view: str = "",
    because: str = "",
    **settings: Value,
) -> Entry:
    """A finished trial of two folds with these mean scores."""
    part = parts.find(LEARNERS, learner)
    candidate = Candidate(learner, parts.settings(part(**settings)), view or part.card.view, because)
    made = Entry(number, candidate, 2, asked={0, 1})
    for k in (0, 1):
        made.record(FitDone(number, k, "ok", loss=1 - score, score=score, train_score=train, rounds=rounds))
    return made


BASELINE = entry(0, "baseline", 0.5, 0.5)


@pytest.fixture
def situation(tmp_path: Path) -> Situation:
    frame = pl.DataFrame({"a": np.arange(60.0), "y": ["no", "yes"] * 30})
    problem, dataset = collected(frame, tmp_path, target="y", metric="roc_auc")
    features = Features(tuple(Recipe(name, ()) for name in ("plain", "encoded", "scaled")))
    return Situation(problem, dataset, features, eligible(problem), [BASELINE], PLAIN)


def with_finished(situation: Situation, *finished: Entry, **more: object) -> Situation:
    kept = {"features": situation.features, "geometry": situation.geometry} | more
    return Situation(
        situation.problem, situation.dataset, learners=situation.learners, finished=[*finished, BASELINE], **kept
    )  # type: ignore[arg-type]


def tried(name: str, situation: Situation) -> list[Candidate]:
    found: list[Candidate] = parts.make(ACTIONS, name).advise(situation)
    return found


def test_every_action_says_what_it_answers() -> None:
    codes = [action.about.code for action in actions()]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("NF5") for code in codes)
    assert all(action.about.title and action.answer for action in actions())


def test_what_overfits_is_held_down_more(situation: Situation) -> None:
    grown = entry(3, "lightgbm", 0.999, 0.7, leaves=64, min_rows=5)
    (found,) = tried("overfit", with_finished(situation, grown))
    old, new = grown.candidate.settings, found.settings
    assert (found.because, found.parent, found.learner) == ("NF502", 3, "lightgbm")
    assert new["leaves"] < old["leaves"]  # type: ignore[operator]
    assert new["min_rows"] > old["min_rows"]  # type: ignore[operator]
    assert new["l2"] > old["l2"]  # type: ignore[operator]
    assert new["trees"] == old["trees"]
    assert tried("underfit", with_finished(situation, grown)) == []


def test_what_underfits_is_let_fit_more_closely(situation: Situation) -> None:
    rigid = entry(4, "logistic_regression", 0.62, 0.61, c=0.01)
    (found,) = tried("underfit", with_finished(situation, rigid))
    assert found.settings["c"] > 0.01  # type: ignore[operator]
    assert (found.because, found.parent) == ("NF503", 4)
    assert tried("overfit", with_finished(situation, rigid)) == []


def test_nothing_is_tried_about_a_good_fit_or_behind_the_leaders(situation: Situation) -> None:
    good, close = entry(1, "lightgbm", 0.95, 0.9), entry(2, "random_forest", 0.96, 0.9)
    worse = entry(3, "decision_tree", 1.0, 0.6)
    assert tried("overfit", with_finished(situation, good, close, worse)) == []
    assert tried("underfit", with_finished(situation, good, close, worse)) == []
    assert len(tried("overfit", with_finished(situation, good, worse))) == 1


def test_settings_at_their_simplest_end_leave_nothing_to_try(situation: Situation) -> None:
    bound = entry(3, "decision_tree", 1.0, 0.6, min_rows=200)
    assert tried("overfit", with_finished(situation, bound)) == []


def test_growth_that_hit_its_limit_is_let_go_on(situation: Situation) -> None:
    capped = entry(5, "lightgbm", 0.9, 0.85, rounds=500)
    (found,) = tried("more_rounds", with_finished(situation, capped))
    assert (found.settings["trees"], found.because, found.parent) == (1000, "NF504", 5)
    stopped = entry(5, "lightgbm", 0.9, 0.85, rounds=120)
    forest = entry(6, "random_forest", 0.9, 0.85, rounds=200)
    assert tried("more_rounds", with_finished(situation, stopped, forest)) == []


def test_too_many_columns_lead_to_fewer(situation: Situation) -> None:
    best = entry(7, "logistic_regression", 0.9, 0.8)
    cursed = Geometry(rows=100, columns=400, numbers=400, dimension=30.0, contrast=0.3)
    views = Features(tuple(Recipe(name, ()) for name in ("scaled", "scaled+pca-12", "scaled+selected", "scaled+other")))
    found = tried("curse", with_finished(situation, best, features=views, geometry=cursed))
    assert [(c.learner, c.view, c.because, c.parent) for c in found] == [
        ("logistic_regression", "scaled+pca-12", "NF505", 7),
        ("logistic_regression", "scaled+selected", "NF505", 7),
    ]
    assert tried("curse", with_finished(situation, best, features=views)) == []
    assert tried("curse", with_finished(situation, best, geometry=cursed)) == []


def test_advice_waits_for_its_turn(situation: Situation) -> None:
    bad = [entry(n, "lightgbm", 0.999, 0.7, leaves=60 + n) for n in range(1, FIRST)]
    assert advised(with_finished(situation, *bad[1:])) == []
    assert len(advised(with_finished(situation, *bad))) == LEADERS
    taken = [entry(n, "lightgbm", 0.9, 0.7, because="NF502") for n in range(20, 20 + FIRST // 4)]
    assert advised(with_finished(situation, *bad[len(taken) :], *taken)) == []


def test_a_simpler_setting_lies_between_its_bounds() -> None:
    spaces = {
        (part, name): space
        for part in parts.names(LEARNERS)
        for name, space in parts.spaces(parts.find(LEARNERS, part)).items()
    }
    marked = {place: space for place, space in spaces.items() if space.simpler}
    assert {("lightgbm", "leaves"), ("logistic_regression", "c"), ("nearest_neighbours", "k")} <= marked.keys()
    for space in marked.values():
        assert space.low is not None
        assert space.high is not None
        simplest = space.low if space.simpler == "low" else space.high
        assert space.simplified(space.low, 2.0) == space.simplified(space.high, 2.0) == simplest
    assert spaces["lightgbm", "trees"].simplified(500, 0.5) == 500


@pytest.mark.parametrize(("columns", "cursed"), [(4, False), (60, True)])
def test_the_geometry_of_a_table(columns: int, cursed: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, columns)) * np.geomspace(1, 1e6, columns)
    values[rng.random(values.shape) < 0.02] = np.nan
    frame = pl.DataFrame({f"n{j}": values[:, j] for j in range(columns)}).with_columns(
        pl.Series("place", rng.choice(["n", "s"], 500)), pl.Series("y", rng.choice(["no", "yes"], 500))
    )
    _, dataset = collected(frame, tmp_path, target="y")
    found = geometry(dataset)
    assert (found.rows, found.columns, found.numbers) == (dataset.train_rows, columns + 1, columns)
    assert found.dimension is not None
    assert 0.5 * columns < found.dimension < 1.5 * columns
    assert is_cursed(found) == cursed


def board(*entries: Entry, weights: dict[int, float]) -> Leaderboard:
    learners = {name: parts.find(LEARNERS, name) for name in parts.names(LEARNERS)}
    trials = tuple(one.trial(learners) for one in entries)
    return Leaderboard("roc_auc", True, trials, 0, weights, (0.8, 0.8), Path(), "the time was up", PLAIN)


def test_before_and_after_stand_on_the_leaderboard(situation: Situation) -> None:
    first = entry(1, "lightgbm", 0.999, 0.7, leaves=64)
    (candidate,) = tried("overfit", with_finished(situation, first))
    second = Entry(2, candidate, 2, asked={0})
    second.record(FitDone(2, 0, "ok", loss=0.2, score=0.8, train_score=0.95))
    second.state, second.why = "pruned", "after fold 1 of 2"
    (answer,) = answered.answers(board(BASELINE, first, second, weights={1: 1.0}))
    assert (answer.before, answer.after) == (0.7, 0.8)
    assert "leaves 64 → " in answer.changed
    assert "trees" not in answer.changed
    assert answer.kept == "no, pruned after fold 1 of 2"

    section = view(board(BASELINE, first, second, weights={1: 0.6, 2: 0.4}))
    told = next(table for table in section.tables if table.title == "What the diagnosis led to")
    assert told.wide
    assert told.rows[0][0] == "Training is ahead of validation"
    assert told.rows[0][-1] == "yes, weight 0.40"
    (finding,) = section.findings
    assert (finding.code, finding.level) == ("NF502", "good")
    assert "0.9990 on training rows, 0.7000 in validation; baseline 0.5000" in finding.evidence
    assert "0.7000 before, 0.8000 after. It is in the ensemble." in finding.action


def test_without_advice_there_is_no_such_table() -> None:
    section = view(board(BASELINE, entry(1, "lightgbm", 0.9, 0.8), weights={1: 1.0}))
    assert [table.title for table in section.tables] == ["Leaderboard", "Every trial"]
    assert section.findings == ()
    assert section.figures[0].series[0].x == ("LightGBM (1)",)
    assert any("spread in about 4.0 directions" in text for text in section.text)
