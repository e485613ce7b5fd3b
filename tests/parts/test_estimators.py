"""The estimators pass scikit-learn's own checks, and keep what they promise beyond them."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import ninefold as nf

# Few and quick fits: the checks are about manners. They keep all columns, since one column of scikit-learn's two blobs
# tells the answer nearly alone (AUC 0.98), which the leak audit would not let pass.
QUICK: dict[str, Any] = {"work": 10, "keep": "all", "random_state": 0}
CLASSIFIER = nf.Classifier(learners=("logistic_regression",), **QUICK)
REGRESSOR = nf.Regressor(learners=("ridge_regression",), **QUICK)
CLUSTERER = nf.Clusterer(2, learners=("trimmed_k_means",), **(QUICK | {"work": 20}))


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEFOLD_THREADS", "1")


@parametrize_with_checks([CLASSIFIER, REGRESSOR, CLUSTERER])
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def table() -> tuple[Any, Any]:
    """200 rows of mixed columns in which the answer hides behind noise."""
    import pandas as pd

    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    port = rng.choice(["Southampton", "Cherbourg"], 200)
    y = np.where(x + (port == "Cherbourg") + rng.normal(size=200) > 0.5, "yes", "no")
    return pd.DataFrame({"x": x, "port": port}), y


def test_a_dataframe_with_text_is_learned_saved_and_loaded(table: tuple[Any, Any], tmp_path: Path) -> None:
    frame, y = table
    model = nf.Classifier(work=25, random_state=0, learners=("logistic_regression",)).fit(frame, y)
    assert list(model.feature_names_in_) == ["x", "port"]
    assert list(model.classes_) == ["no", "yes"]
    assert model.evaluation_.headline.low > 0.5
    assert [trial["learner"] for trial in model.leaderboard_][-1] == "baseline"
    loaded = nf.load(model.save(tmp_path / "bundle"))
    made = loaded.predict(frame.to_dict("list"))
    assert (made.predictions == model.predict(frame)).all()
    assert np.allclose(made.probabilities, model.predict_proba(frame), atol=0)
    with pytest.raises(FileExistsError):
        model.save(tmp_path / "bundle")


def test_the_same_seed_and_work_give_the_same_model(table: tuple[Any, Any]) -> None:
    frame, y = table
    one, two = (nf.Classifier(work=25, random_state=3, learners=("lightgbm",)).fit(frame, y) for _ in range(2))
    assert one.bundle_["model.onnx"] == two.bundle_["model.onnx"]
    copied = pickle.loads(pickle.dumps(one))
    assert (copied.predict_proba(frame) == one.predict_proba(frame)).all()


def test_labels_that_read_as_missing_are_labels(table: tuple[Any, Any]) -> None:
    frame, y = table
    model = nf.Classifier(**QUICK, learners=("logistic_regression",)).fit(frame, np.where(y == "yes", "NA", "none"))
    assert set(model.predict(frame)) <= {"NA", "none"}
    assert len(model.classes_) == 2


def test_a_column_that_tells_the_answer_is_left_out_aloud(table: tuple[Any, Any]) -> None:
    frame, y = table
    leaking = frame.assign(answer=y)
    model = nf.Classifier(work=10, random_state=0, learners=("logistic_regression",))
    with pytest.warns(UserWarning, match="answer.*keep"):
        model.fit(leaking, y)
    assert "answer" in model.left_out_


def test_what_cannot_be_used_is_a_value_error_that_says_what_to_do(table: tuple[Any, Any]) -> None:
    frame, y = table
    with pytest.raises(ValueError, match="roc_auc"):
        nf.Classifier(work=10, metric="roc_aux").fit(frame, y)
    with pytest.raises(ValueError, match="one class"):
        nf.Classifier(work=10).fit(frame, np.repeat("yes", len(y)))


def test_clusters_are_found_chosen_and_assigned() -> None:
    from sklearn.datasets import make_blobs
    from sklearn.metrics import adjusted_rand_score

    x, truth = make_blobs(300, centers=3, cluster_std=0.6, random_state=1)
    model = nf.Clusterer(work=60, random_state=0, learners=("trimmed_k_means",)).fit(x[:200])
    assert model.n_clusters_ == 3
    assert adjusted_rand_score(truth[:200], model.labels_) == 1.0
    assert adjusted_rand_score(truth[200:], model.predict(x[200:])) == 1.0
    assert np.bincount(model.labels_).argmax() == 0
    assert model.evaluation_.headline.low > model.evaluation_.headline.baseline


def test_one_cloud_is_one_cluster() -> None:
    x = np.random.default_rng(0).normal(size=(200, 3))
    model = nf.Clusterer(work=60, random_state=0, learners=("trimmed_k_means",)).fit(x)
    assert model.n_clusters_ == 1
    assert set(model.labels_.tolist()) == {0}
