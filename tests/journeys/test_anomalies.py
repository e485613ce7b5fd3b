"""A table without a target, whose unusual rows are looked for: what is found, said and shipped."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

import ninefold
from ninefold.core.errors import WishError
from ninefold.report.command import reproduce
from ninefold_runtime.write import as_csv

ROWS, ODD = 400, 20
FEW = {"folds": 4, "repeats": 1, "work": 100, "holdout": 0.3}


def table(seed: int = 0) -> pl.DataFrame:
    """Payments whose fee follows the amount, in a city; of the odd ones the fee does not, or the city is rare."""
    rng = np.random.default_rng(seed)
    odd = rng.permutation(ROWS) < ODD
    amount = rng.normal(100, 15, ROWS)
    fee = 0.1 * amount + rng.normal(0, 0.1, ROWS) + np.where(odd, rng.choice([-4, 4], ROWS), 0)
    city = np.where(odd & (rng.random(ROWS) < 0.7), "Nowhere", rng.choice(["Bern", "Basel"], ROWS))
    fee[7] = np.nan
    return pl.DataFrame({"amount": amount, "fee": fee, "city": city, "odd": np.where(odd, "yes", "no")})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return ninefold.run(table(), task="anomaly", truth="odd", contamination=0.05, runs=folder, **FEW)


def test_odd_rows_are_found_though_nobody_said_which(made):
    scores = {score.metric: score for score in made.evaluation.scores}
    assert made.evaluation.headline.metric == "roc_auc"
    assert scores["roc_auc"].value > 0.9
    assert scores["average_precision"].value > 5 * scores["average_precision"].baseline
    assert "odd" not in made.model.columns


def test_all_that_may_ship_have_the_same_weight(made):
    learners = {member.learner for member in made.model.members}
    assert learners == {"centre_density", "isolation_forest", "one_class_svm", "robust_distance"}
    assert {member.weight for member in made.model.members} == {0.25}
    assert made.model.parity.labels_equal
    assert made.model.parity.largest_difference < 1e-9


def test_detectors_are_compared_with_the_others(made):
    scored = {trial.learner: trial.score for trial in made.leaderboard.trials}
    assert scored["baseline"] is None
    assert scored["local_outlier_factor"] is not None, "it may not ship, and is compared nevertheless"
    assert 0.3 < made.leaderboard.ensemble_score < 1
    assert made.evaluation.anomalies.stability > 0.6


def test_the_most_unusual_rows_are_put_in_words(made):
    top = made.evaluation.anomalies.top
    assert [each.rank for each in top] == list(range(1, len(top) + 1))
    assert sorted((each.score for each in top), reverse=True) == [each.score for each in top]
    assert any('rare city "Nowhere"' in each.reasons for each in top)
    assert all(each.reasons for each in top)


def test_the_bundle_scores_new_rows(made):
    model, rows = ninefold.load(made.bundle), table(seed=1)
    predicted = model.predict(rows)
    assert roc_auc_score(rows["odd"] == "yes", predicted.scores) > 0.9
    threshold = made.model.threshold
    assert threshold == pytest.approx(0.95)
    np.testing.assert_array_equal(predicted.predictions == "anomaly", predicted.scores >= threshold)
    assert 0.01 < (predicted.scores >= threshold).mean() < 0.12
    one = model.predict_one(rows.row(3, named=True))
    assert (one.prediction, one.score) == (predicted.predictions[3], pytest.approx(predicted.scores[3]))
    assert one.probabilities is None
    assert as_csv(predicted).splitlines()[0] == "prediction,score"


def test_far_values_are_not_clipped_to_the_known_ones(made):
    model = ninefold.load(made.bundle)
    scores = model.predict({"amount": [100.0, 200.0, 2000.0], "fee": [10.0, 20.0, 200.0], "city": ["Bern"] * 3}).scores
    assert scores[0] < 0.8 < scores[1] < scores[2] < 1


def test_the_command_can_be_repeated(made):
    command = reproduce(made.problem)
    assert "--task anomaly" in command
    assert "--contamination 0.05" in command
    assert "--truth odd" in command
    assert "--target" not in command


def test_without_a_truth_detectors_are_compared_alone(tmp_path):
    made = ninefold.run(table().drop("odd"), task="anomaly", runs=tmp_path, **FEW, learners=("robust_distance",))
    assert [score.metric for score in made.evaluation.scores] == ["rank_correlation"]
    assert made.evaluation.confusion == ()
    assert [member.learner for member in made.model.members] == ["robust_distance"]


@pytest.mark.parametrize(
    "wishes", [{"contamination": 0.7}, {"contamination": 0.0}, {"contamination": 0.1, "task": None}]
)
def test_a_share_that_cannot_be_is_refused(wishes, tmp_path):
    with pytest.raises(WishError, match="anomalies"):
        ninefold.run(table(), runs=tmp_path, **{"task": "anomaly"} | wishes)
