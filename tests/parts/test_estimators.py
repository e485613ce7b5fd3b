"""The estimators pass scikit-learn's own checks, and keep what they promise beyond them."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import ninefold as nf

# Few and quick fits: the checks are about manners, not about scores.
CLASSIFIER = nf.Classifier(work=10, learners=("logistic_regression",), random_state=0)
REGRESSOR = nf.Regressor(work=10, learners=("ridge_regression",), random_state=0)


def expected_failures(estimator: Any) -> dict[str, str]:
    return {}


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEFOLD_THREADS", "1")


@parametrize_with_checks([CLASSIFIER, REGRESSOR], expected_failed_checks=expected_failures)
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)
