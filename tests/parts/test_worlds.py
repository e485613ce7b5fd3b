"""Every world is what its docstring says, and the truth it tells is (nearly) all there is to know."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core import parts

TRUTHS = {
    "arrivals": (lambda x: np.exp(0.5 + 0.8 * x[:, 0] - 0.6 * x[:, 1]), 1.67),
    "blobs": (lambda x: 2 * (x[:, 0] > 0) + (x[:, 1] > 0), 0.82),
    "categorical": (lambda x: x[:, 0] % 2 == 1, 0.88),
    "clouds": (lambda x: (x[:, 0] > 3) + 2 * (x[:, 1] > 3), 0.99),
    "dips": (lambda x: np.where(np.abs(x[:, 0]) > 0.67, 4.0, 0.5), 1.5),
    "halfspace": (lambda x: x[:, 0] + 2 * x[:, 1] - x[:, 2] > 0, 1.0),
    "hollow": (lambda x: np.hypot(x[:, 0], x[:, 1]) < 2.1, 0.99),
    "imbalanced": (lambda x: x[:, 0] > 2.5, 0.96),
    "ladder": (lambda x: np.digitize(2 * x[:, 0] - x[:, 1], [-1.5, 0.0, 1.5]), 0.75),
    "linear": (lambda x: 3 * x[:, 0] - 2 * x[:, 1] + x[:, 2] + 10, 1.0),
    "middle": (lambda x: np.digitize(x[:, 0] ** 2, [0.3, 1.2]), 1.0),
    "missing": (lambda x: np.isnan(x[:, 0]), 0.82),
    "noise_columns": (lambda x: x[:, 0] + x[:, 1] > 0, 1.0),
    "parity": (lambda x: (x < 0).sum(axis=1) % 2 == 0, 1.0),
    "rings": (lambda x: (x**2).sum(axis=1) > 1.44, 1.0),
    "smooth": (lambda x: np.cos(2 * x[:, 0]) + np.cos(2 * x[:, 1]), 0.1),
    "steps": (lambda x: np.floor(2 * x[:, 0]) + 3 * (x[:, 1] > 0.5), 0.3),
    "strays": (lambda x: (np.abs(np.abs(x[:, 0]) - 2) > 1) | (np.abs(x[:, 2]) > 1), 0.98),
    "stripes": (lambda x: 1 + np.round((x[:, 0] - x[:, 1]) / 6), 0.99),
    "xor": (lambda x: (x[:, 0] > 0) == (x[:, 1] > 0), 1.0),
}
"""The truth, and the accuracy it reaches at least (regression: the standard deviation of what it leaves)."""


def made(name, rows=2000, seed=0):
    return parts.make("ninefold.worlds", name).make(rows, rng=np.random.default_rng(seed))


def test_every_world_has_its_truth_here():
    assert set(parts.names("ninefold.worlds")) == {*TRUTHS, "noise", "one_cloud", "kin"}


def test_a_number_and_its_rare_label_are_told_by_one_product():
    data = made("kin", 2_000)
    hidden = data.x[:, 0] * data.x[:, 1] + np.sin(2 * data.x[:, 2])
    number, label = data.y.T
    assert np.std(number - hidden) == pytest.approx(0.1, rel=0.05)
    assert np.isnan(label).mean() == pytest.approx(0.7, abs=0.04)
    np.testing.assert_array_equal(label[~np.isnan(label)], hidden[~np.isnan(label)] > 0)


@pytest.mark.parametrize("name", TRUTHS)
def test_truth(name):
    data, (truth, bound) = made(name), TRUTHS[name]
    if data.task in {"regression", "count"}:
        assert np.std(data.y - truth(data.x)) == pytest.approx(bound, rel=0.05)
    else:
        assert (truth(data.x) == data.y).mean() >= bound


@pytest.mark.parametrize("name", ["noise", "one_cloud"])
def test_noise_is_unrelated_to_its_columns(name):
    data = made(name, rows=5000)
    correlations = [np.corrcoef(column, data.y)[0, 1] for column in data.x.T]
    assert np.abs(correlations).max() < 0.05


@pytest.mark.parametrize("name", parts.names("ninefold.worlds"))
def test_made_as_asked(name):
    data, again, other = made(name, 300), made(name, 300), made(name, 300, seed=1)
    assert len(data.x) == len(data.y) == 300
    assert data.task == parts.find("ninefold.worlds", name).task
    assert len(data.names) == data.x.shape[1]
    single = 1 if data.task in {"regression", "count", "anomaly"} else len(np.unique(data.y))
    assert data.outputs == (sum(data.levels) if data.task == "multitask" else single)
    np.testing.assert_array_equal(data.x, again.x)
    assert not np.array_equal(data.x, other.x, equal_nan=True)


def test_one_class_of_imbalanced_is_rare():
    assert made("imbalanced").y.mean() == 0.05
