"""Wrong labels are told from classes that overlap, and sealed rows from training rows only where they differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rooms import collected

from ninefold.evaluate.labels import Doubted, doubted
from ninefold.evaluate.sides import drifted

ROWS = 6_000
COLUMNS = ("a", "b", "c", "made")


def told(strength: float, wrong: float, seed: int) -> Doubted:
    """Two classes of a logistic model, a share of whose labels is wrong, as the best model would predict them."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-strength * rng.normal(size=ROWS)))
    y = (rng.random(ROWS) < p) ^ (rng.random(ROWS) < wrong)
    seen = p * (1 - wrong) + (1 - p) * wrong
    found = doubted(np.column_stack([1 - seen, seen]), y.astype(np.int64))
    assert found is not None
    return found


@pytest.mark.parametrize("strength", [0.5, 1.0, 1.5, 2.5, 4.0, 8.0])
def test_overlap_is_not_taken_for_wrong_labels(strength: float) -> None:
    alarms = [told(strength, 0.0, seed).is_noise for seed in range(40)]
    assert sum(alarms) <= 2


@pytest.mark.parametrize("wrong", [0.05, 0.1, 0.2])
def test_wrong_labels_are_told_where_classes_are_clear(wrong: float) -> None:
    found = [told(6.0, wrong, seed) for seed in range(20)]
    assert sum(each.is_noise for each in found) >= 18
    assert np.mean([each.surest for each in found]) == pytest.approx(wrong, rel=0.2)
    assert np.mean([each.denied / each.rows for each in found]) == pytest.approx(wrong, rel=0.5)


def test_the_confident_joint_names_the_pair() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 1_500)
    predictions = np.full((1_500, 3), 0.05)
    predictions[np.arange(1_500), true] = 0.9
    given = np.where((true == 2) & (rng.random(1_500) < 0.2), 0, true)
    found = doubted(predictions, given)
    assert found is not None
    assert found.pair == (0, 2)
    assert found.denied == found.times == np.count_nonzero(given != true)


def test_rows_without_a_prediction_are_passed_over_and_few_say_nothing() -> None:
    predictions = np.full((1_500, 2), 0.5)
    predictions[:750] = np.nan
    assert doubted(predictions, np.arange(1_500) % 2) is None


def sides(path: Path, seed: int, **wishes: str) -> set[str]:
    rng = np.random.default_rng(seed)
    made = np.arange(1_000)
    frame = pl.DataFrame(
        {
            "a": rng.normal(size=1_000) + made / 400,
            "b": rng.choice(["x", "y", "z"], 1_000),
            "c": np.where(rng.random(1_000) < 0.3, np.nan, rng.normal(size=1_000)),
            "made": np.datetime64("2024-01-01") + made.astype("timedelta64[D]"),
            "y": rng.choice(["no", "yes"], 1_000),
        }
    )
    problem, dataset = collected(frame, path, target="y", **wishes)
    columns = tuple(name for name in COLUMNS if name in dataset.names)
    return {column.name for column in drifted(problem, dataset, dataset.sealed.open(), columns)}


def test_random_seals_hardly_ever_differ(tmp_path: Path) -> None:
    found = [sides(tmp_path, seed) for seed in range(12)]
    assert sum(map(bool, found)) <= 1


def test_a_seal_by_time_shows_what_moved(tmp_path: Path) -> None:
    assert sides(tmp_path, 0, time="made") == {"a"}
