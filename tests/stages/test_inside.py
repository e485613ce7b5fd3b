"""Networks looked into: journals read, layers measured, figures drawn, and a trunk beside separate networks."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from rooms import problem_of
from test_evaluate import codes, evaluation_of, seen, training
from test_several import table

from graphs import through_graph
from ninefold.checks._bench import mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.inside import JOURNAL, Inside, LayerOutput, read
from ninefold.core.results import Leaderboard, Map, Trial
from ninefold.core.sharing import Shared, Sharing
from ninefold.evaluate.inside import _groups, _measured
from ninefold.evaluate.sharing import _compared, _pair, _Units
from ninefold.evaluate.view import view
from ninefold.forms.onnx import Session, form_graph, inside_graph
from ninefold.report.charts.draw import draw


def test_a_journal_is_read_as_the_training_loop_wrote_it(tmp_path: Path) -> None:
    from ninefold.networks import journal

    written = [journal.Epoch(n, 1 / n, {"loss": 2 / n}, 0.1, {"0.weight": 3.0, "0.bias": 4.0}, 1.0) for n in (1, 2)]
    for epoch in written:
        journal.add(tmp_path, epoch)
    journal.add(tmp_path, journal.Epoch(3, float("nan"), {}, 0.1, {"0.weight": float("nan")}, 1.0))
    found = read(tmp_path / JOURNAL)
    assert [(e.epoch, e.watched.get("loss")) for e in found] == [(1, 2.0), (2, 1.0), (3, None)]
    assert np.isnan(found[2].loss) and found[0].gradients == {"0.weight": 3.0, "0.bias": 4.0}
    assert read(tmp_path / "none.jsonl") == ()


def test_a_loss_that_is_no_number_has_exploded() -> None:
    assert codes(seen(inside=Inside((training(loss=float("nan")),)))) == {"NF772"}


def test_gradients_are_added_up_by_layer() -> None:
    made = training()
    assert made.layers == ("0", "1", "2") and made.best == 9
    assert made.gradient("2") == pytest.approx((1.01**0.5,) * 9)
    beside = dataclasses.replace(made.epochs[0], gradients={"doubts": 0.1, **made.epochs[0].gradients})
    assert dataclasses.replace(made, epochs=(beside,)).layers == made.layers


@pytest.mark.parametrize("name", ["multi_task", "tabm"])
def test_what_comes_out_of_layers_is_what_the_last_one_takes(name: str) -> None:
    task = "multitask" if name == "multi_task" else "regression"
    data = mixed(task, "scaled")
    form = parts.tiny(parts.make("ninefold.learners", name, {})).fit(data, rng=np.random.default_rng(0), clock=Clock())
    graph = inside_graph(form, data.x.shape[1])
    assert graph is not None
    found = Session(graph).run({"x": data.x})
    assert all("relu" in layer for layer in found)
    last = list(found.values())[-1].astype(np.float64)
    assert last.min() == 0 and len(last) == len(data.x)
    said = through_graph(form, data.x)[:, :1]
    beside = np.column_stack([last, np.ones(len(last))])
    linear = beside @ np.linalg.lstsq(beside, said, rcond=None)[0]
    np.testing.assert_allclose(linear, said, atol=1e-4 * np.abs(said).max())


def test_a_form_that_cannot_be_looked_into_has_no_inside_graph() -> None:
    from ninefold.forms.constant import Constant

    assert inside_graph(Constant(np.zeros(1), 3), 3) is None
    assert form_graph(Constant(np.zeros(1), 3), 3)


def test_silent_units_are_counted_by_their_axis() -> None:
    rng = np.random.default_rng(0)
    flat = np.maximum(rng.normal(size=(50, 8)), 0)
    flat[:, :3] = 0
    assert dataclasses.astuple(_measured("a", flat))[:3] == ("a", 8, 3)
    images = rng.normal(size=(20, 4, 3, 3))
    images[:, 1] = 2.5
    assert _measured("b", images).silent == 1 and _measured("b", images).units == 4
    assert _measured("c", np.zeros((5, 2, 3))).silent == 3


def test_points_are_coloured_by_class_or_by_quarter(tmp_path: Path) -> None:
    mixture = problem_of(table(tmp_path), tmp_path, target=("y1", "hot"))
    codes, groups = _groups(mixture, np.array([[0.1, 1.0], [0.2, np.nan], [0.3, 0.0]]))
    assert (codes.tolist(), groups) == ([1, -1, 0], ("no", "yes"))
    value = problem_of(table(tmp_path), tmp_path, target="y1")
    codes, groups = _groups(value, np.arange(8.0))
    assert np.bincount(codes).tolist() == [2, 2, 2, 2] and len(groups) == 4


def test_figures_of_insides_can_be_drawn() -> None:
    inside = Inside((training(),), "network", (LayerOutput("layer 1 (relu)", 64, 3, 0.6, 1.0),), ("no", "yes"))
    points = Map("t-SNE", "Neighbours stay together.", (0.0, 1.0, 2.0), (1.0, 2.0, 0.5), (0, 1, 1))
    shared = Sharing("network", 1, 2, (0.6, 0.4), (Shared("price", "sealed", 200, 0.3, 0.4, -0.1, -0.15, -0.05),))
    section = view(evaluation_of(inside=inside, embeddings=(points,), sharing=shared))
    titles = [figure.title for figure in section.figures]
    for said in ("best at epoch 9 of 9", "layer by layer", "(t-SNE)", "Sharing helps price"):
        assert any(said in title for title in titles)
    assert {"network: what comes out of its layers"} <= {each.title for each in section.tables}
    for figure in section.figures:
        assert "<svg" in str(draw(figure))


def test_the_best_of_either_way_are_compared() -> None:
    def trial(number: int, trunk: str, losses: tuple[float, ...]) -> Trial:
        return Trial(number, "multi_task", "network", "scaled", {"trunk": trunk}, "finished", losses, losses)

    trials = (trial(1, "shared", (0.5, 0.5)), trial(2, "shared", (0.4, 0.4)), trial(3, "separate", (0.6, 0.6)))
    board = Leaderboard("relative_loss", False, trials, 0, {}, (0.4,), Path())
    pair = _pair(board)
    assert pair is not None and (pair[0].id, pair[1].id) == (2, 3)
    assert _pair(dataclasses.replace(board, trials=trials[:2])) is None


def test_joint_and_separate_losses_are_subtracted_row_by_row(tmp_path: Path) -> None:
    problem = problem_of(table(tmp_path, 60), tmp_path, target=("y1", "hot"))
    rng = np.random.default_rng(0)
    y = np.column_stack([rng.normal(size=400), rng.integers(0, 2, 400).astype(float)])
    y[::2, 1] = np.nan
    units = _Units.of(problem, y)
    noise = rng.normal(size=400)

    def said(error: float, sure: float) -> np.ndarray:
        yes = np.where(np.nan_to_num(y[:, 1]) == 1, sure, 1 - sure)
        return np.column_stack([y[:, 0] + error * noise, 1 - yes, yes])

    losses = np.stack([units.losses(y, said(0.5, 0.9)), units.losses(y, said(0.2, 0.6))])
    number, label = _compared(units, losses, np.arange(400), "sealed")
    assert (number.rows, label.rows, number.hurts, label.helps) == (400, 200, True, True)
    assert number.more == pytest.approx(number.joint - number.separate)
    assert json.dumps(dataclasses.asdict(label))
