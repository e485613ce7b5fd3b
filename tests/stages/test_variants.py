"""Variants of views: when they are laid out, what they hold, and when the search tries them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from rooms import collected, context

from ninefold.core.book import FORMAT, Chapter, encode, write_chapter
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone, Known
from ninefold.core.recipe import Features
from ninefold.core.results import Geometry
from ninefold.core.section import Section, Table
from ninefold.core.table import Dataset, write_rows
from ninefold.crew.desk import Desk
from ninefold.features.stage import engineer
from ninefold.features.view import view
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import fit_recipe
from ninefold.prepare.stage import prepare
from ninefold.select.actions.created_features import CreatedFeatures
from ninefold.select.actions.few_rows import FewRows
from ninefold.select.actions.rare_class import RareClass
from ninefold.select.actions.selected_features import SelectedFeatures
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate, eligible
from ninefold.select.trials import Entry

PLAIN = Geometry(rows=600, columns=24, numbers=23)


def frame(columns: int, rows: int = 600) -> Any:
    import polars as pl

    rng = np.random.default_rng(0)
    data: dict[str, Any] = {f"n{i}": rng.normal(size=rows) for i in range(columns - 1)}
    data["n0"][::7] = np.nan
    told = data["n1"] * data["n2"] if columns > 3 else data["n0"]
    return pl.DataFrame(data | {"c": rng.choice(["u", "v", "w"], rows), "y": np.nan_to_num(told)})


def engineered(folder: Path, columns: int, **wishes: Any) -> tuple[Problem, Dataset, Features]:
    folder.mkdir(exist_ok=True)
    problem, dataset = collected(frame(columns), folder, target="y", **wishes)
    preparation = prepare(problem, dataset, context=context(folder))
    return problem, dataset, engineer(problem, dataset, preparation, context=context(folder))


def test_many_columns_are_selected_and_pairs_are_made(tmp_path: Path) -> None:
    few, many = engineered(tmp_path / "few", 6)[2], engineered(tmp_path / "many", 24)[2]
    made = {"plain", "encoded", "scaled", "plain+created", "encoded+created", "scaled+created"}
    assert {recipe.view for recipe in few.recipes} == made
    assert {recipe.view for recipe in many.recipes} == made | {"plain+selected", "scaled+selected"}


def test_every_variant_keeps_its_promise(tmp_path: Path) -> None:
    problem, dataset, features = engineered(tmp_path, 24)
    columns = {column.name: column for column in dataset.columns}
    known = Known(dataset.rows.target, problem.task, problem.outputs)
    for recipe in features.recipes:
        fitting = fit_recipe(recipe, columns, dataset.rows, known, np.random.default_rng(0))
        again = Session(fitting.recipe.compiled()).run(dataset.rows.columns)["x"]
        assert again.shape == fitting.matrix.shape == (dataset.train_rows, len(fitting.recipe.names))
        assert recipe.view.startswith(("plain", "encoded")) or np.isfinite(again).all()
        if not recipe.view.startswith("encoded"):  # what only chooses by the target is not cross-fitted
            np.testing.assert_array_equal(again, fitting.matrix)
        created = [name for name in fitting.recipe.names if name == "n1 × n2"]
        assert len(created) == recipe.view.endswith("+created"), recipe.view
        assert len(set(fitting.recipe.names)) == len(fitting.recipe.names)


def test_all_rows_get_the_columns_that_the_first_fold_was_validated_with(tmp_path: Path) -> None:
    """Chosen anew on all rows they may be others, and the model another one."""
    problem, dataset, features = engineered(tmp_path, 6)
    for number, noun in ((1, problem), (2, dataset), (4, features)):
        chapter = Chapter(FORMAT, "", 0.0, Section("", ""), msgspec.Raw(encode(noun, tmp_path)))
        write_chapter(tmp_path, number, chapter)
    desk = Desk(tmp_path)
    half, other, none = np.arange(240), np.arange(240, dataset.train_rows), np.arange(0)
    plan = Plan((Fold(half, none, other), Fold(other, none, half)))
    desk.workshop.plan.parent.mkdir()
    plan.write(desk.workshop.plan)
    desk.workshop.gate.parent.mkdir()
    write_rows(dataset.rows.take(half), desk.workshop.gate)
    first = desk.material("plain+created", 0).notes.names
    notes = desk.workshop.views / "plain+created-0" / "notes.json"
    assert b"n1 \xc3\x97 n2" in notes.read_bytes()
    notes.write_bytes(notes.read_bytes().replace("n1 × n2".encode(), b"n3 - n4"))
    everywhere = desk.material("plain+created", None).notes.names
    assert set(everywhere) == {*first, "n3 - n4"} - {"n1 × n2"}


def test_the_page_says_what_a_variant_is(tmp_path: Path) -> None:
    tables = view(engineered(tmp_path, 24)[2]).tables
    titles = {title.partition(":")[0]: title for title in (table.title for table in tables if isinstance(table, Table))}
    assert "columns made from pairs" in titles["View plain+created"]
    assert "no more than shuffled" in titles["View scaled+selected"]


def test_minmax_scales_ranks_into_the_same_interval(tmp_path: Path) -> None:
    _, dataset, features = engineered(tmp_path, 6, scale="minmax")
    columns = {column.name: column for column in dataset.columns}
    known = Known(dataset.rows.target, "regression", 1)
    made = fit_recipe(features.recipe("scaled"), columns, dataset.rows, known, np.random.default_rng(0)).matrix
    assert made.min() == 0
    assert made.max() == 1


def entry(number: int, learner: str, view: str, loss: float, parent: int | None = None) -> Entry:
    leaves = number if parent is None else parent
    made = Entry(number, Candidate(learner, {"leaves": leaves}, view, "NF506" if parent else "", parent), 1)
    made.record(FitDone(number, 0, "ok", loss=loss))
    return made


@pytest.fixture
def situation(tmp_path: Path) -> Situation:
    problem, dataset, features = engineered(tmp_path, 24)
    return Situation(problem, dataset, features, eligible(problem), [], PLAIN)


def advised(situation: Situation, *entries: Entry) -> list[tuple[str, str, int | None]]:
    ranked = sorted(entries, key=lambda e: e.mean_loss)
    found = CreatedFeatures().advise(dataclasses.replace(situation, finished=ranked))
    assert all(candidate.because == "NF506" for candidate in found)
    return [(candidate.learner, candidate.view, candidate.parent) for candidate in found]


def test_the_best_of_each_view_tries_its_variant(situation: Situation) -> None:
    trees, worse, linear = entry(1, "a", "plain", 0.3), entry(2, "b", "plain", 0.4), entry(3, "r", "scaled", 0.5)
    assert advised(situation, trees, worse, linear) == [("a", "plain+created", 1), ("r", "scaled+created", 3)]


def test_others_follow_only_where_it_paid(situation: Situation) -> None:
    trees, worse = entry(1, "a", "plain", 0.3), entry(2, "b", "plain", 0.4)
    followed = advised(situation, trees, worse, entry(4, "a", "plain+created", 0.2, parent=1))
    assert followed == [("a", "plain+created", 1), ("b", "plain+created", 2)]
    assert advised(situation, trees, worse, entry(4, "a", "plain+created", 0.35, parent=1)) == []


def test_a_better_trial_of_the_base_follows_too(situation: Situation) -> None:
    first, better = entry(1, "a", "plain", 0.4), entry(2, "a", "plain", 0.2)
    assert advised(situation, first, better, entry(3, "a", "plain+created", 0.3, parent=1))[0] == (
        "a",
        "plain+created",
        2,
    )


def test_columns_are_selected_where_rows_are_few_for_them(situation: Situation) -> None:
    trees = entry(1, "a", "plain", 0.3)
    found = SelectedFeatures().advise(dataclasses.replace(situation, finished=[trees]))
    assert [(candidate.view, candidate.parent) for candidate in found] == [("plain+selected", 1)]
    large = dataclasses.replace(situation.dataset, train_rows=100_000)
    assert SelectedFeatures().advise(dataclasses.replace(situation, finished=[trees], dataset=large)) == []


def test_few_rows_of_numbers_are_mixed_once(situation: Situation) -> None:
    trees = entry(1, "a", "plain", 0.3)
    found = FewRows().advise(dataclasses.replace(situation, finished=[trees]))
    assert [(c.augment, c.because, c.parent, c.view) for c in found] == [("mixup", "NF509", 1, "plain")]
    mixed = Entry(2, found[0], 1)
    mixed.record(FitDone(2, 0, "ok", loss=0.2))
    assert FewRows().advise(dataclasses.replace(situation, finished=[mixed, trees])) == []
    many = dataclasses.replace(situation.dataset, train_rows=10_000)
    assert FewRows().advise(dataclasses.replace(situation, finished=[trees], dataset=many)) == []


@pytest.mark.parametrize(("share", "advised"), [(0.05, 1), (0.4, 0)])
def test_a_rare_class_gets_made_rows(tmp_path: Path, share: float, advised: int) -> None:
    import polars as pl

    labels = ["yes" if i < 300 * share else "no" for i in range(300)]
    problem, dataset = collected(pl.DataFrame({"n": np.arange(300.0) % 17, "y": labels}), tmp_path, target="y")
    trees = entry(1, "a", "plain", 0.3)
    found = RareClass().advise(Situation(problem, dataset, Features(()), eligible(problem), [trees], PLAIN))
    assert [candidate.augment for candidate in found] == ["smote"] * advised
