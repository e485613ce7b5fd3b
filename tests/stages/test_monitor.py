"""Stage 9: the reference goes into the bundle, scores from what the graph said of held-out rows alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bundles
import shipping
from ninefold.core.errors import NinefoldError
from ninefold.core.table import Rows, write_rows
from ninefold.monitor.view import view
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.errors import BundleError
from ninefold_runtime.monitor.report import lines
from ninefold_runtime.sketch import Numbers
from ninefold_runtime.watch import watch_table


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> shipping.Run:
    made = shipping.run(tmp_path_factory.mktemp("monitor") / "7f3c2a")
    made.deploy()
    made.watch()
    return made


def test_the_bundle_stays_sealed_and_gains_sketches(run: shipping.Run) -> None:
    read = read_bundle(run.folder / "bundle")
    assert read.sketches is not None
    assert set(read.manifest.files) == {"model.onnx", "schema.json", "example.json", "card.md", "sketches.json"}
    assert set(read.sketches.columns) == set(run.model.columns)
    assert read.sketches.rows == shipping.ROWS
    assert shipping.SECRET.encode() not in (run.folder / "bundle" / "sketches.json").read_bytes()


def test_scores_come_from_the_graph_on_held_out_rows(run: shipping.Run) -> None:
    sketches = read_bundle(run.folder / "bundle").sketches
    assert sketches is not None
    assert sketches.scores_of_graph
    score = sketches.scores["predicted probability"]
    assert isinstance(score, Numbers)
    said = np.load(run.evaluation.answers)
    assert score.present == len(said) == shipping.SEALED
    assert score.mean == pytest.approx(said[:, 1].mean())
    given = said[np.arange(len(said)), np.load(run.evaluation.decided)]
    assert sketches.expected is not None
    assert sketches.expected.accuracy == pytest.approx(given.mean())


def test_new_rows_like_the_old_are_quiet_and_others_are_not(run: shipping.Run) -> None:
    bundle = read_bundle(run.folder / "bundle")
    assert not watch_table(bundle, bundles.table(500, seed=21)).drifted
    moved = bundles.table(500, seed=21)
    moved["age"] = [None if age is None else age + 25 for age in moved["age"]]  # type: ignore[operator]
    report = watch_table(bundle, moved)
    assert {column.name for column in report.columns if column.drifted} == {"age"}
    assert {score.name for score in report.scores if score.drifted} == {"predicted probability"}
    assert any(line.startswith("  !  predicted probability") for line in lines(report))


def test_without_answers_on_held_out_rows_no_score_is_watched(tmp_path: Path) -> None:
    bare = shipping.run(tmp_path / "run")
    bare = replace(bare, evaluation=replace(bare.evaluation, answers=None, decided=None))
    bare.deploy()
    watch = bare.watch()
    sketches = read_bundle(bare.folder / "bundle").sketches
    assert sketches is not None
    assert (sketches.scores, sketches.expected) == ({}, None)
    assert "measure it when labels arrive" in watch.retrain_rule
    assert not any("predictions" in detector for detector in watch.detectors)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_model_that_says_the_same_of_all_rows_has_no_scores_to_drift(tmp_path: Path, task: str) -> None:
    constant = shipping.run(tmp_path / "run", task)
    said = np.load(constant.evaluation.answers)
    np.save(constant.evaluation.answers, np.tile(said.mean(axis=0), (len(said), 1)))
    truth = np.random.default_rng(5).normal(size=shipping.ROWS) if task == "regression" else np.zeros(shipping.ROWS)
    write_rows(Rows(constant.dataset.rows.columns, truth), tmp_path / "told.parquet")
    constant = replace(constant, dataset=replace(constant.dataset, train_path=tmp_path / "told.parquet"))
    constant.deploy()
    constant.watch()
    sketches = read_bundle(constant.folder / "bundle").sketches
    assert sketches is not None
    assert sketches.scores == {}


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks_are_watched_too(tmp_path: Path, task: str) -> None:
    other = shipping.run(tmp_path / "run", task)
    other.deploy()
    other.watch()
    sketches = read_bundle(other.folder / "bundle").sketches
    assert sketches is not None
    names = {"multiclass": {"largest probability", "predicted class"}, "regression": {"predicted value"}}
    assert set(sketches.scores) == names[task]
    report = watch_table(read_bundle(other.folder / "bundle"), bundles.table(300, seed=31))
    assert not report.drifted
    assert {score.name for score in report.scores} >= names[task]
    if task == "multiclass":
        said = next(score for score in report.scores if score.name == "predicted class")
        assert said.moved is not None and said.moved.level in bundles.CLASSES[task] and not said.new


def test_watching_twice_changes_nothing(run: shipping.Run) -> None:
    before = read_bundle(run.folder / "bundle").manifest
    run.watch()
    assert read_bundle(run.folder / "bundle").manifest == before


def test_a_damaged_bundle_is_not_sealed_again(tmp_path: Path) -> None:
    damaged = shipping.run(tmp_path / "run")
    (damaged.deploy().folder / "card.md").write_text("x")
    with pytest.raises((BundleError, NinefoldError)):
        damaged.watch()


def test_the_rules_are_in_words_and_numbers(run: shipping.Run) -> None:
    watch = run.watch()
    section = view(watch)
    assert "1%" in section.sentence
    for part in ("two batches in a row", "5%", "calibrated probabilities", "labels"):
        assert part in watch.retrain_rule
    assert watch.retrain_rule in section.text
