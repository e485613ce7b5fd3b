"""Gower's distance, and the background rows that are most like a row."""

from __future__ import annotations

import numpy as np
import pytest
from explained import asked, one

from ninefold_runtime.explain.gower import ruler
from ninefold_runtime.explain.prototypes import nearest
from ninefold_runtime.wire import NO_TIME

COLUMNS = {
    "age": np.append(np.arange(0.0, 100.0), [np.nan, 5_000.0]),
    "port": np.array(["S", "C"] * 51, object),
    "seen": np.append(np.arange(0, 101) * 10**9, NO_TIME),
}


def graph():
    return asked(lambda rows: np.nan_to_num(rows["age"]), COLUMNS)


def test_distances_are_by_spread_and_an_outlier_does_not_stretch_it():
    measure = ruler(graph())
    assert 80 <= measure.spreads["age"] <= 100
    rows = {"age": np.array([50.0, 59.0]), "port": np.array(["S", "C"], object), "seen": np.array([0, 0])}
    parts = measure.parts(one(age=50.0, port="S", seen=0), rows)
    assert parts[0].tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(parts[1], [9 / measure.spreads["age"], 1.0, 0.0])


def test_missing_is_like_missing_alone():
    parts = ruler(graph()).parts(
        one(age=float("nan"), port="", seen=int(NO_TIME)),
        {"age": np.array([np.nan, 1.0]), "port": np.array(["", "S"], object), "seen": np.array([NO_TIME, 0])},
    )
    assert parts.tolist() == [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]


def test_the_nearest_come_first_with_what_the_graph_says():
    near = nearest(graph(), one(age=40.2, port="S", seen=40 * 10**9), 3)
    assert near.rows["age"].tolist() == [40.0, 42.0, 38.0]
    assert near.rows["port"].tolist() == ["S", "S", "S"]
    assert near.said[:, 0].tolist() == [40.0, 42.0, 38.0]
    assert near.distances.tolist() == sorted(near.distances.tolist())
    assert near.weights == pytest.approx(1 / 102)
    assert near.parts.shape == (3, 3)


def test_fewer_where_there_are_fewer():
    small = asked(lambda rows: rows["a"], {"a": np.array([1.0, 2.0])})
    assert len(nearest(small, one(a=0.0)).distances) == 2
