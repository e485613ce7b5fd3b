"""Categories as counts, buckets and points: each graph against what its step says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features.steps.hash import bucket
from ninefold.forms.recipe import apply_step
from ninefold_runtime.schema import Task

NEW = np.array([["unseen", ""], ["a", "unseen"]], object)


def fitted(name: str, values: Array, y: Array | None = None, task: Task = "binary", **settings: object) -> FittedStep:
    y = np.zeros(len(values), np.int64) if y is None else y
    known = Known(y, task, 1 if task == "regression" else int(y.max()) + 1)
    step = parts.make("ninefold.features.steps", name, settings)
    return step.fit(Block(values, tuple(f"c{i}" for i in range(values.shape[1]))), known, rng=np.random.default_rng(0))


def letters(rows: int = 300) -> Array:
    return np.random.default_rng(2).choice(np.array(["a", "b", "c", "d", "e", ""], object), (rows, 2))


@pytest.mark.parametrize("how", ["log", "share"])
def test_count_counts(how: str) -> None:
    values = letters()
    step = fitted("count", values, how=how)
    counts = [Counter(column) for column in values.T]
    rows = np.array([[counts[i][cell] for i, cell in enumerate(row)] for row in values], float)
    np.testing.assert_allclose(apply_step(step, values), np.log1p(rows) if how == "log" else rows / len(values))
    assert apply_step(step, NEW)[:, 0].tolist() == [0.0, apply_step(step, NEW)[1, 0]]
    assert apply_step(step, NEW)[1, 1] == 0
    assert apply_step(step, NEW)[0, 1] > 0


def test_hash_deals_every_level_to_its_bucket() -> None:
    values = letters()
    step = fitted("hash", values, buckets=4)
    expected = [[float(cell != "" and bucket(cell, 4) == b) for cell in row for b in range(4)] for row in values]
    assert apply_step(step, values).tolist() == expected
    assert apply_step(step, NEW)[0].sum() == 0
    assert len(step.names) == 8


def test_a_bucket_is_the_same_everywhere() -> None:
    assert [bucket(level, 1000) for level in ("a", "Zürich", "日本")] == BUCKETS


BUCKETS = [343, 848, 370]


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_levels_with_like_targets_are_near(task: Task) -> None:
    rng = np.random.default_rng(4)
    values = rng.choice(np.array([f"l{i}" for i in range(12)], object), (2400, 1))
    group = np.array([int(cell[1:]) % 3 for cell in values[:, 0]])
    y = group + 0.1 * rng.normal(size=2400) if task == "regression" else (group > 0) if task == "binary" else group
    step = fitted("embedding", values, np.asarray(y).astype(float if task == "regression" else int), task)
    points = apply_step(step, np.array([[f"l{i}"] for i in range(12)] + [["new"]], object))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)[:12, :12]
    kind = np.arange(12) % 3 if task != "binary" else np.arange(12) % 3 > 0
    same = kind[:, None] == kind
    assert apart[same].max() < 0.3 * apart[~same].min()
    assert points[12].tolist() == [0.0] * points.shape[1]


def test_levels_with_like_company_are_near_without_a_target() -> None:
    rng = np.random.default_rng(5)
    first = rng.integers(0, 6, 1200)
    second = np.where(rng.random(1200) < 0.9, first % 2, rng.integers(0, 2, 1200))
    values = np.column_stack([[f"l{i}" for i in first], [f"m{i}" for i in second]]).astype(object)
    step = fitted("embedding", values, size=1)
    points = apply_step(step, np.array([[f"l{i}", "m0"] for i in range(6)], object))[:, 0]
    assert np.ptp(points[::2]) < 0.2 * abs(points[0] - points[1])


def test_one_column_of_one_level_stands() -> None:
    values = np.full((20, 1), "only", object)
    for name in ("count", "hash", "embedding"):
        assert np.isfinite(apply_step(fitted(name, values), NEW[:, :1])).all()
