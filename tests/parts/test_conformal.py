"""Conformal intervals and sets hold what they promise on new rows, and say so where they cannot promise."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold_runtime.conformal import BAND_ROWS, Conformal, _by, conformal
from ninefold_runtime.errors import TableError

VALUE, CLASS = "regression", "multiclass"


def made(task, predictions, y) -> Conformal:
    found = conformal(task, predictions, y)
    assert found is not None
    return found


def test_intervals_hold_the_promised_share_on_average():
    """Over many draws of few calibration rows: never less than promised, and hardly more."""
    rng = np.random.default_rng(0)
    covered = {0.8: [], 0.9: [], 0.95: []}
    for _ in range(400):
        y, new = rng.standard_t(3, size=60), rng.standard_t(3, size=200)
        found = made(VALUE, np.zeros((60, 1)), y)
        for level, shares in covered.items():
            low, high = found.intervals(np.zeros(200), level)
            shares.append(np.mean((low <= new) & (new <= high)))
    for level, shares in covered.items():
        error = np.std(shares) / 20
        assert level - 3 * error <= np.mean(shares) <= level + 1 / 61 + 3 * error


def test_bands_follow_errors_that_grow_with_the_value():
    rng = np.random.default_rng(1)
    value = rng.uniform(0, 10, 4_000)
    y = value + value * rng.normal(size=4_000)
    found = made(VALUE, value[:2_000, None], y[:2_000])
    assert len(found.reaches[0].edges) == 4
    low, high = found.intervals(value[2_000:], 0.9)
    held = (low <= y[2_000:]) & (y[2_000:] <= high)
    for part in (value[2_000:] < 2, value[2_000:] > 8):
        assert held[part].mean() == pytest.approx(0.9, abs=0.05)
    assert (high - low)[value[2_000:] > 8].mean() > 3 * (high - low)[value[2_000:] < 2].mean()


def test_few_rows_or_equal_predictions_have_one_band():
    rng = np.random.default_rng(2)
    assert made(VALUE, rng.normal(size=(BAND_ROWS, 1)), np.zeros(BAND_ROWS)).reaches[0].edges == ()
    assert made(VALUE, np.ones((5_000, 1)), rng.normal(size=5_000)).reaches[0].edges == ()


def classes(rng, rows, sharp=1.0, middles=(0.0, 1.5, -1.5)):
    """True probabilities of classes, and the classes drawn by them."""
    logits = rng.normal(size=(rows, len(middles))) * sharp + np.array(middles)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return shares, (shares.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_sets_hold_the_promised_share(level):
    rng = np.random.default_rng(3)
    shares, y = classes(rng, 3_000)
    found = made(CLASS, shares, y)
    new, truth = classes(rng, 20_000)
    sets = found.sets(new, level)
    assert sets.any(axis=1).all()
    assert sets[np.arange(len(truth)), truth].mean() == pytest.approx(level, abs=0.02)
    assert 1 <= sets.sum(axis=1).mean() < 3


def test_aps_is_chosen_where_it_is_fairer_to_a_class_and_lac_elsewhere():
    rng = np.random.default_rng(4)
    uneven = made(CLASS, *classes(rng, 3_000, 1.5, np.linspace(0, 3, 10)))
    assert uneven.score == "aps"
    assert "worst covered class" in uneven.why
    assert made(CLASS, *classes(rng, 3_000, 4.0, (0.0, 0.0, 0.0))).score == "lac"


@pytest.mark.parametrize("middles", [(0.0, 1.5, -1.5), np.linspace(0, 3, 10)])
def test_sets_of_either_score_are_no_larger_than_they_must_be(middles):
    rng = np.random.default_rng(6)
    shares, y = classes(rng, 3_000, 1.0, middles)
    sizes = [_by(score, shares, y, (0.9,)).sets(shares, 0.9).sum(axis=1).mean() for score in ("lac", "aps")]
    assert sizes[0] <= sizes[1] <= 1.1 * sizes[0]


def test_rows_that_were_never_validated_are_passed_over():
    predictions = np.zeros((100, 1))
    predictions[:40] = np.nan
    assert made(VALUE, predictions, np.ones(100)).rows == 60


def test_levels_that_few_rows_cannot_answer_for_are_left_out():
    assert made(VALUE, np.zeros((9, 1)), np.arange(9.0)).levels == (0.8, 0.9)
    assert made(VALUE, np.zeros((4, 1)), np.arange(4.0)).levels == (0.8,)
    assert conformal(VALUE, np.zeros((3, 1)), np.arange(3.0)) is None
    with pytest.raises(TableError) as raised:
        made(VALUE, np.zeros((9, 1)), np.arange(9.0)).intervals(np.zeros(1), 0.95)
    assert raised.value.code == "NF-R211"
    assert "0.8, 0.9" in raised.value.hint


def test_counts_are_never_below_nothing():
    found = made("count", np.full((50, 1), 1.0), np.arange(50.0) % 7)
    low, _ = found.intervals(np.array([0.5, 1.0]), 0.9)
    assert low.tolist() == [0.0, 0.0]


def test_several_targets_have_a_reach_each():
    rng = np.random.default_rng(5)
    found = made("multioutput", np.zeros((100, 2)), rng.normal(size=(100, 2)) * [1, 100])
    low, high = found.intervals(np.zeros((3, 2)), 0.9)
    assert low.shape == high.shape == (3, 2)
    assert (high[:, 1] > 10 * high[:, 0]).all()


@pytest.mark.parametrize("task", ["quantile", "multilabel", "clustering", "anomaly"])
def test_tasks_without_such_a_promise(task):
    assert conformal(task, np.zeros((100, 2)), np.zeros((100, 2))) is None
