"""A second layer over members' predictions: judged on rows it has not seen, and the same in the graph."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ninefold.core.loss import loss
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.table import Array
from ninefold.forms.blend import blended, greedy
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold.forms.stack import cross_stacked, fit_stack
from ninefold.select.combining import combinations

ROWS = 600


def members(task: str, rng: np.random.Generator) -> tuple[dict[int, Array], Array]:
    """Three members that know one column each of a target that needs their sum, and say it too timidly."""
    x = rng.normal(size=(ROWS, 3))
    if task == "regression":
        y = x.sum(axis=1) + 0.1 * rng.normal(size=ROWS)
        return {i: x[:, [i]] for i in range(3)}, y
    scores = np.stack([x.sum(axis=1), -x.sum(axis=1), x[:, 0] - x[:, 1]], axis=1)[:, : 2 if task == "binary" else 3]
    y = (scores + 0.3 * rng.gumbel(size=scores.shape)).argmax(axis=1)
    said = {}
    for i in range(3):
        own = scores * 0.2 + 0.5 * rng.normal(size=scores.shape)
        powers = np.exp(own)
        said[i] = powers / powers.sum(axis=1, keepdims=True)
    return said, y


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_a_second_layer_learns_what_no_weighted_mean_can_say(task: str) -> None:
    predictions, y = members(task, np.random.default_rng(0))
    outputs = next(iter(predictions.values())).shape[1]
    mean = loss(task, y, blended(predictions, greedy(predictions, y, task, 3)))  # type: ignore[arg-type]
    honest = cross_stacked(predictions, y, task, outputs, seed=0)  # type: ignore[arg-type]
    assert loss(task, y, honest) < 0.8 * mean  # type: ignore[arg-type]


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_the_graph_says_what_the_second_layer_says(task: str) -> None:
    predictions, y = members(task, np.random.default_rng(1))
    outputs = next(iter(predictions.values())).shape[1]
    stack = fit_stack(predictions, y, task, outputs)  # type: ignore[arg-type]
    if task != "regression":
        predictions = {i: np.vstack([p, np.eye(outputs)]) for i, p in predictions.items()}
    blocks = {i: block_input(np.float64, outputs) for i in predictions}
    graph = compiled({str(i): block for i, block in blocks.items()}, {"y": stack.graph(blocks)})
    got = Session(graph).run({str(i): values for i, values in predictions.items()})["y"]
    np.testing.assert_allclose(got, stack.predict(predictions), atol=1e-12)


def test_rows_without_a_prediction_stay_without() -> None:
    predictions, y = members("regression", np.random.default_rng(2))
    predictions[1][:100] = np.nan
    said = cross_stacked(predictions, y, "regression", 1, seed=0)
    assert np.isnan(said[:100]).all()
    assert np.isfinite(said[100:]).all()


def asked(task: str, outputs: int, **more: object) -> Problem:
    given = {
        "source": "", "target": "y", "task": task, "task_why": "", "classes": tuple("abc"[:outputs]) * (outputs > 1),
        "positive": None, "metric": "rmse" if task == "regression" else "log_loss", "metric_why": "",
        "validation": Validation("kfold", 5), "budget": Budget(), "seed": 0, "holdout": 0.2,
    }  # fmt: skip
    return Problem(**(given | more))  # type: ignore[arg-type]


BEST = [SimpleNamespace(id=i, candidate=SimpleNamespace(learner=f"learner {i}")) for i in range(3)]


def test_stacking_is_taken_only_where_it_is_clearly_ahead() -> None:
    predictions, y = members("regression", np.random.default_rng(3))
    weights = dict.fromkeys(predictions, 1 / 3)
    ways, stacked = combinations(asked("regression", 1), y, predictions, weights, BEST)  # type: ignore[arg-type]
    assert stacked
    assert [way.kind for way in ways] == ["voting", "weights", "stacking"]
    rng = np.random.default_rng(4)
    known = rng.normal(size=(ROWS, 1))
    y = known[:, 0] + 2 * rng.normal(size=ROWS)
    alike = {i: known + 0.1 * rng.normal(size=(ROWS, 1)) for i in range(3)}
    ways, stacked = combinations(asked("regression", 1), y, alike, weights, BEST)  # type: ignore[arg-type]
    assert not stacked, "members that err alike and apart are blended best by their mean"


def test_nothing_is_compared_where_rows_belong_together_or_are_few() -> None:
    predictions, y = members("regression", np.random.default_rng(5))
    weights = dict.fromkeys(predictions, 1 / 3)
    grouped = asked("regression", 1, group="g")
    assert combinations(asked("regression", 1), y, predictions, weights, ()) == ((), False)  # type: ignore[arg-type]
    assert combinations(grouped, y, predictions, weights, BEST) == ((), False)  # type: ignore[arg-type]
    few = {i: p[:100] for i, p in predictions.items()}
    assert combinations(asked("regression", 1), y[:100], few, weights, BEST) == ((), False)  # type: ignore[arg-type]


def test_a_member_whose_absence_nobody_notices_is_left_out() -> None:
    rng = np.random.default_rng(6)
    y = rng.normal(size=2000)
    first, second = (y[:, None] + rng.normal(size=(2000, 1)) for _ in range(2))
    nearly = first + 1e-4 * rng.normal(size=(2000, 1))
    assert len(greedy({0: first, 1: second, 2: nearly}, y, "regression", 3)) == 2
