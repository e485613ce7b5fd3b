"""Runs without a target: what is chosen and why, what is said of clusters, and a bundle that assigns new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import ninefold as nf
from ninefold.core.clock import Clock
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.results import Cluster, Clusters, Trial
from ninefold.core.table import Rows
from ninefold.crew.clustering import _cloud
from ninefold.evaluate.maps import maps
from ninefold.evaluate.profiles import profiles
from ninefold.evaluate.starts import starts
from ninefold.runs import Run
from ninefold.select.clustering import chosen
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.schema import Column
from ninefold_runtime.watch import watch_table

RNG = np.random.default_rng


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    """Three groups: small and red, large and blue, and long; one column is noise, another has gaps."""
    rng = RNG(seed)
    group = rng.integers(3, size=rows)
    size = np.array([1.0, 5.0, 3.0])[group] + 0.3 * rng.normal(size=rows)
    length = np.array([10.0, 10.0, 30.0])[group] + rng.normal(size=rows)
    return pl.DataFrame(
        {
            "size": size,
            "length": np.where(rng.random(rows) < 0.05, np.nan, length),
            "colour": np.array(["red", "blue", "green"])[group],
            "noise": rng.normal(size=rows),
            "kind": np.array(["s", "l", "t"])[group],
        }
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("clusters")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NINEFOLD_THREADS", "1")
        learners = ("trimmed_k_means",)
        return nf.run(table(240), truth="kind", work=18, learners=learners, runs=folder, folds=3, repeats=1)


@pytest.fixture(scope="module")
def clusters(made: Run) -> Clusters:
    assert made.evaluation.clusters is not None
    return made.evaluation.clusters


def test_the_number_is_found(made: Run) -> None:
    board = made.leaderboard
    kept = board.trial(next(iter(board.weights)))
    assert made.model.classes == ("cluster 1", "cluster 2", "cluster 3")
    assert kept.score == board.ensemble_score > kept.measures["reference"] + 0.1
    assert kept.measures["stability"] > 0.9
    assert board.trial(board.baseline).learner == "baseline"
    assert {trial.settings.get("clusters") for trial in board.trials} >= {2, 3, 4, 5}


def test_scores_are_of_sealed_rows_and_know_the_truth(made: Run, clusters: Clusters) -> None:
    scores = {score.metric: score for score in made.evaluation.scores}
    assert list(scores) == [
        *("silhouette", "davies_bouldin", "calinski_harabasz"),
        *("adjusted_rand", "normalized_mutual_information"),
    ]
    assert scores["adjusted_rand"].value > 0.85  # rows with gaps may be put elsewhere
    assert all(score.low <= score.value <= score.high for score in scores.values())
    assert np.sum(clusters.truth) == made.evaluation.rows == 48
    assert clusters.truths == ("l", "s", "t")
    assert "kind" not in made.dataset.names


def test_clusters_are_told_in_words(clusters: Clusters) -> None:
    told = {each.profile for each in clusters.profiles}
    assert sum(each.rows for each in clusters.profiles) == 192
    assert any("high length" in words and "mostly colour green (100%" in words for words in told)
    assert not any("noise" in words for words in told)


def test_it_is_drawn_and_written(made: Run, clusters: Clusters) -> None:
    page = made.report.read_text()
    assert "→ clusters" in page
    assert "what sets its rows apart" in page
    assert 'class="c2 dot"' in page
    assert [each.name for each in clusters.maps] == ["principal components", "t-SNE"]
    assert clusters.starts is not None
    assert len(clusters.starts.inertias) == 20
    assert "Silhouette of Trimmed k-means by number of clusters: 3 clusters kept" in page
    assert "Inertia falls" in page


def test_the_bundle_assigns_new_rows_and_watches_them(made: Run) -> None:
    model, new = nf.load(made.bundle), table(60, seed=1).filter(pl.col("length").is_not_nan())
    answers = model.predict(new.to_dict(as_series=False))
    assert model.schema.target.name == "cluster"
    assert model.schema.target.task == "clustering"
    assert "kind" in model.schema.ignored
    assert not answers.notes
    assert [note.column for note in model.predict_one({**model.schema.example, "cluster": "a"}).notes] == ["cluster"]
    assert len({*zip(answers.predictions.tolist(), new["kind"].to_list(), strict=True)}) == 3
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1.0)
    bundle = read_bundle(made.bundle)
    assert not watch_table(bundle, table(200, seed=2).to_dict(as_series=False)).drifted
    one_kind = table(600, seed=3).filter(pl.col("kind") == "t").to_dict(as_series=False)
    moved = {column.name for column in watch_table(bundle, one_kind).scores if column.drifted}
    assert "predicted class" in moved


def test_as_many_as_you_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEFOLD_THREADS", "1")
    frame = pl.DataFrame(RNG(0).normal(size=(120, 3)), schema=["a", "b", "c"])
    done = nf.run(frame, clusters=4, work=9, learners=["trimmed_k_means"], runs=tmp_path, folds=3, repeats=1)
    assert len(done.model.classes) == 4
    assert "as you said, though there is no structure" in done.leaderboard.why_chosen
    assert any(finding.code == "NF721" for finding in done.evaluation.findings)


def test_noise_has_a_name_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEFOLD_THREADS", "1")
    done = nf.run(table(200).drop("kind"), work=20, learners=["dbscan"], runs=tmp_path, folds=2, repeats=1)
    assert done.model.classes[-1] == "noise"
    far = {"size": [500.0], "length": [-900.0], "colour": ["red"], "noise": [80.0]}
    assert nf.load(done.bundle).predict(far).predictions.tolist() == ["noise"]


# --- the choice


def problem(**wishes: Any) -> Problem:
    return Problem(
        source="", target="", task="clustering", task_why="", classes=(), positive=None, metric="silhouette",
        metric_why="", validation=Validation("kfold", 3), budget=Budget(), seed=0, holdout=0.2, **wishes,
    )  # fmt: skip


def trial(number: int, learner: str, scores: tuple[float, ...], **measures: float) -> Trial:
    known = {"clusters": 3.0, "smallest": 0.2, "reference": 0.2, "stability": 0.8} | measures
    return Trial(number, learner, learner, "scaled", {}, "finished", scores, measures=known)


BASELINE = trial(0, "baseline", (0.0, 0.0, 0.0), clusters=1.0)


def test_the_highest_silhouette_is_kept() -> None:
    modest, best = trial(1, "k_means", (0.4, 0.4, 0.41)), trial(2, "k_means", (0.6, 0.6, 0.6))
    kept, why = chosen(problem(), [BASELINE, modest, best], 300)
    assert kept.id == 2
    assert "0.600 against 0.200" in why


def test_one_cluster_may_be_asked_for() -> None:
    assert chosen(problem(clusters=1), [BASELINE], 300) == (BASELINE, "one cluster, as you said")


def test_stability_decides_between_equals() -> None:
    steady, shaky = trial(1, "k_means", (0.5, 0.5, 0.55), stability=0.95), trial(2, "k_means", (0.5, 0.52, 0.56))
    assert chosen(problem(), [BASELINE, steady, shaky], 300)[0].id == 1


def test_what_is_no_better_than_one_cloud_is_one_cluster() -> None:
    kept, why = chosen(problem(), [BASELINE, trial(1, "k_means", (0.4, 0.4, 0.4), reference=0.33)], 100)
    assert kept.id == 0
    assert why.startswith("no structure")
    more_rows = chosen(problem(), [BASELINE, trial(1, "k_means", (0.4, 0.4, 0.4), reference=0.33)], 1000)
    assert more_rows[0].id == 1


def test_where_nothing_is_left_the_reason_is_said() -> None:
    assert chosen(problem(), [BASELINE], 300) == (BASELINE, "no clustering was fitted in time")
    kept, why = chosen(problem(), [BASELINE, trial(1, "hdbscan", (0.9,), clusters=1.0)], 300)
    assert (kept, why) == (BASELINE, "no clustering has clusters that all hold enough rows")


def test_a_cluster_of_a_few_outliers_is_none() -> None:
    outliers = trial(1, "k_means", (0.9, 0.9, 0.9), smallest=0.004)
    assert chosen(problem(), [BASELINE, outliers, trial(2, "k_means", (0.5, 0.5, 0.5))], 300)[0].id == 2
    assert chosen(problem(clusters=3), [BASELINE, outliers], 300)[0].id == 1


def test_the_cloud_has_the_spread_of_the_rows_and_their_shares() -> None:
    rng = RNG(0)
    x = np.column_stack([rng.normal(size=4000), rng.random(4000) < 0.3])
    x = np.column_stack([x, 2 * x[:, 0] + 0.1 * rng.normal(size=4000)])
    made = _cloud(x, 4000, rng)
    np.testing.assert_allclose(np.cov(made[:, [0, 2]].T), np.cov(x[:, [0, 2]].T), rtol=0.1)
    assert set(made[:, 1].tolist()) == {0.0, 1.0}
    assert made[:, 1].mean() == pytest.approx(0.3, abs=0.03)


# --- words, maps, starts


def profiled(kind: str, values: Any, codes: Any) -> tuple[Cluster, ...]:
    column = Column(name="c", kind=kind)
    return profiles((column,), Rows({"c": np.array(values)}, np.zeros(len(values))), np.array(codes), ("one", "two"))


def test_numbers_are_high_or_low_against_the_others() -> None:
    one, two = profiled("number", [1.0, 1.2, np.nan, 9000.0, 9002.0], [0, 0, 0, 1, 1])
    assert (one.rows, one.share, one.profile) == (3, 0.6, "very low c (1.1, others 9,001)")
    assert two.profile == "very high c (9,001, others 1.1)"


def test_values_are_told_where_they_are_more_frequent() -> None:
    values = np.array(["a", "a", "a", "b", "b", ""], object)
    one, two = profiled("category", values, [0, 0, 0, 1, 1, 1])
    assert (one.profile, two.profile) == ("mostly c a (100%, others 0%)", "mostly c b (100%, others 0%)")
    assert profiled("boolean", [1.0, 1.0, 0.0, np.nan], [0, 0, 1, 1])[0].profile == "mostly c yes (100%, others 0%)"


def test_nothing_unusual_is_said_so() -> None:
    assert profiled("number", [1.0, 2.0, 1.0, 2.0], [0, 0, 1, 1])[0].profile == "like the others"
    assert profiled("number", [1.0, 2.0], [0, 0])[0].profile == "all rows"


def test_the_first_map_is_of_principal_components() -> None:
    from sklearn.decomposition import PCA

    x = RNG(0).normal(size=(50, 4)) * [5.0, 3.0, 1.0, 0.1]
    (seen,) = maps(x, np.zeros(50, np.int64), 0, Clock(0.0), timed=True)
    theirs = PCA(2).fit_transform(x)
    np.testing.assert_allclose(np.abs(seen.x), np.abs(theirs[:, 0]), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(np.abs(seen.y), np.abs(theirs[:, 1]), rtol=1e-3, atol=1e-3)


def test_a_map_of_one_column_is_a_line() -> None:
    (seen,) = maps(RNG(0).normal(size=(20, 1)), np.zeros(20, np.int64), 0, Clock(), timed=True)
    assert set(seen.y) == {0.0}


def test_starts_agree_where_clusters_are_clear() -> None:
    x = np.repeat([[0.0], [10.0]], 20, axis=0) + 0.1 * RNG(0).normal(size=(40, 1))
    clear, cut = starts(x, 2, 0, Clock()), starts(RNG(0).normal(size=(200, 2)), 5, 0, Clock())
    assert clear is not None
    assert cut is not None
    assert clear.agreement == clear.least_agreement == 1.0
    assert cut.least_agreement < 0.8
    assert starts(x, 1, 0, Clock()) is None
    hurried = starts(x, 2, 0, Clock(0.0))
    assert hurried is not None
    assert len(hurried.inertias) == 2
