"""Selection of columns: what tells is kept, what does not is left out, whatever the measure."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._relevance import _banded, information
from ninefold.forms.recipe import apply_step
from ninefold_runtime.schema import Task

MEASURES = ("information", "permutation", "recursive", "l1")
TELLING = {1, 4, 7}


def noisy(rows: int = 700, width: int = 30) -> Block:
    rng = np.random.default_rng(11)
    values = rng.normal(size=(rows, width))
    values[:, 7] = rng.integers(1, 5, rows)
    values[rng.random((rows, width)) < 0.05] = np.nan
    return Block(values, tuple(f"x{i}" for i in range(width)), (7,))


def target(block: Block, task: Task) -> Array:
    x = np.nan_to_num(block.values)
    told = 2 * x[:, 1] - 2 * x[:, 4] + 1.5 * x[:, 7] + 0.5 * np.random.default_rng(0).normal(size=len(x))
    return told if task == "regression" else np.digitize(told, [3.75] if task == "binary" else [2.0, 5.0])


def select(block: Block, y: Array, task: Task, **settings: object) -> FittedStep:
    known = Known(y, task, 1 if task == "regression" else int(y.max()) + 1)
    step = parts.make("ninefold.features.steps", "select", settings)
    return step.fit(block, known, rng=np.random.default_rng(0))


@pytest.mark.parametrize("how", MEASURES)
@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_what_tells_is_kept_and_noise_is_not(how: str, task: Task) -> None:
    block = noisy()
    step = select(block, target(block, task), task, how=how)
    kept = {int(name[1:]) for name in step.names}
    assert kept >= TELLING
    assert len(kept) <= len(TELLING) + 5
    assert [step.names[i] for i in step.categorical] == ["x7"]
    np.testing.assert_array_equal(apply_step(step, block.values), block.values[:, sorted(kept)])


@pytest.mark.parametrize("how", MEASURES)
def test_a_share_is_a_share(how: str) -> None:
    block = noisy()
    step = select(block, target(block, "regression"), "regression", how=how, share=0.1)
    assert set(step.names) == {"x1", "x4", "x7"}


@pytest.mark.parametrize("how", MEASURES)
def test_nothing_is_left_out_of_few_rows_and_one_column_always_stays(how: str) -> None:
    block = noisy(20)
    assert len(select(block, np.arange(20.0), "regression", how=how).names) == 30
    noise = noisy(300)
    y = np.random.default_rng(1).normal(size=300)
    assert 1 <= len(select(noise, y, "regression", how=how).names) <= 10


def test_information_is_that_of_scikit_learn_less_chance() -> None:
    block = noisy()
    y = target(block, "multiclass")
    ours = information(block, Known(y, "multiclass", 3), np.random.default_rng(0))
    codes = [np.nan_to_num(c) if i == 7 else _banded(c) for i, c in enumerate(block.values.T)]
    chance = [(len(np.unique(code)) - 1) * 2 / (2 * len(y)) for code in codes]
    np.testing.assert_allclose(ours + chance, [mutual_info_score(code, y) for code in codes], atol=1e-12)
