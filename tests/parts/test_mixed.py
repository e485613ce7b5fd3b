"""Numbers and categories predicted together, with labels that rows lack: losses, forms side by side, networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphs import through_graph
from ninefold.checks._bench import WIDTHS, mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.loss import loss, loss_per_row
from ninefold.core.mixed import costs, judged, losses, nothing
from ninefold.core.protocols import Examples
from ninefold.core.table import one_number
from ninefold.core.tasks import serves
from ninefold.crew.adapting import fit
from ninefold.forms.blend import blended, greedy
from ninefold.forms.columns import Columns
from ninefold.forms.constant import Constant

RNG = np.random.default_rng


def learner(name, **settings):
    return parts.make("ninefold.learners", name, settings)


def truth(rows=300, seed=0):
    """A number that every fifth row lacks and a category of three that every second row has."""
    rng = RNG(seed)
    y = np.column_stack([rng.normal(50, 10, rows), rng.integers(0, 3, rows).astype(float)])
    y[::5, 0] = np.nan
    y[1::2, 1] = np.nan
    return y


def said(y, noise, seed=0):
    """Predictions that are better the less ``noise`` there is."""
    rng, known = RNG(seed), np.nan_to_num(y)
    scores = 3 * np.eye(3)[known[:, 1].astype(int)] + noise * rng.normal(size=(len(y), 3))
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return np.column_stack([known[:, 0] + 10 * noise * rng.normal(size=len(y)), chances])


def test_knowing_nothing_costs_1_and_everything_0_whatever_is_missing():
    y = truth()
    assert loss("multitask", y, np.tile(nothing(y, WIDTHS), (len(y), 1)), WIDTHS) == pytest.approx(1.0)
    known = np.nan_to_num(y)
    perfect = np.column_stack([known[:, 0], np.eye(3)[known[:, 1].astype(int)]])
    assert loss("multitask", y, perfect, WIDTHS) == 0
    assert loss_per_row("multitask", y, said(y, 1.0), WIDTHS).mean() == pytest.approx(
        loss("multitask", y, said(y, 1.0), WIDTHS)
    )


def test_what_is_said_where_nothing_is_known_costs_nothing():
    y, made = truth(), said(truth(), 0.7)
    other = made.copy()
    other[np.isnan(y[:, 0]), 0] += 1e6
    other[np.isnan(y[:, 1]), 1:] = 1 / 3
    assert loss("multitask", y, other, WIDTHS) == loss("multitask", y, made, WIDTHS)
    assert not losses(y, WIDTHS, judged(y, WIDTHS, made))[np.isnan(y)].any()


def test_a_target_of_few_rows_counts_as_much_as_one_of_many():
    y = truth(400)
    y[20:, 1] = np.nan
    good, bad = said(y, 0.01), said(y, 0.01)
    bad[:, 1:] = nothing(y, WIDTHS)[1:]
    assert loss("multitask", y, bad, WIDTHS) - loss("multitask", y, good, WIDTHS) == pytest.approx(0.5, abs=0.05)


def test_a_blend_of_mixed_targets_beats_its_best_member():
    y = truth()
    members = {i: said(y, 0.8 + 0.1 * i, seed=i) for i in range(4)}
    for each in members.values():
        each[0] = np.nan
    weights = greedy(members, y, "multitask", 4, WIDTHS)
    assert sum(weights.values()) == pytest.approx(1) and len(weights) > 1
    best = min(loss("multitask", y[1:], each[1:], WIDTHS) for each in members.values())
    assert loss("multitask", y[1:], blended(members, weights)[1:], WIDTHS) < best


def test_costs_are_variance_and_entropy():
    y = truth()
    variance, entropy = costs(y, WIDTHS)
    shares = np.bincount(y[~np.isnan(y[:, 1]), 1].astype(int)) / 150
    assert variance == pytest.approx(np.nanvar(y[:, 0]))
    assert entropy == pytest.approx(-(shares * np.log(shares)).sum())
    assert costs(np.full((3, 2), np.nan), WIDTHS).tolist() == [1.0, 1.0]


def test_one_number_speaks_for_rows_that_lack_a_target():
    y = truth()
    number = one_number(y)
    assert np.isfinite(number).all()
    np.testing.assert_allclose(number[np.isnan(y).all(axis=1)], 0, atol=1e-9)


def test_who_serves_mixed_targets():
    assert serves(("multitask",), "multitask") and serves(("regression", "binary", "multiclass"), "multitask")
    assert not serves(("regression",), "multitask") and not serves(("binary", "multiclass"), "multitask")


@pytest.mark.parametrize("name", ["decision_tree", "lightgbm"])
def test_each_is_learned_from_the_rows_that_have_it(name):
    data = mixed("multitask", "plain")
    part = parts.tiny(learner(name))
    form = fit(part, data, rng=RNG(0), clock=Clock())
    assert isinstance(form, Columns)
    made = form.predict(data.x)
    assert made.shape == (len(data.x), 4)
    np.testing.assert_allclose(made[:, 1:].sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(through_graph(form, data.x), made, rtol=1e-9, atol=1e-9)
    has = ~np.isnan(data.y[:, 0])
    first = Examples(data.x[has], data.y[has, 0], "regression", 1, data.names, data.categorical)
    alone = part.fit(first, rng=RNG(0), clock=Clock()).predict(data.x)
    np.testing.assert_array_equal(made[:, :1], alone)


def kin(seed, rows, *, labels=80):
    """A number that all rows have and a label that few have, told by the same hidden number."""
    rng = RNG(seed)
    x = rng.normal(size=(rows, 6))
    hidden = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2])
    label = np.where(rng.permutation(rows) < labels, hidden > 0, np.nan)
    return x, np.column_stack([hidden + 0.1 * rng.normal(size=rows), label]), hidden


def strangers(seed, rows):
    """Two numbers, each of columns of its own, each enough for a small network."""
    x = RNG(seed).normal(size=(rows, 6))
    return x, np.column_stack([x[:, 3 * t] * x[:, 3 * t + 1] + np.sin(2 * x[:, 3 * t + 2]) for t in range(2)])


def both_ways(data, x, **settings):
    """What networks say that share a trunk, and what separate ones say."""
    ways = (learner("multi_task", trunk=trunk, epochs=60, **settings) for trunk in ("shared", "separate"))
    return [way.fit(data, rng=RNG(0), clock=Clock()).predict(x) for way in ways]


def test_a_target_with_few_labels_gains_from_a_rich_relative():
    x, y, _ = kin(0, 1100)
    new, _, hidden = kin(1, 600)
    examples = Examples(x[:900], y[:900], "multitask", 3, tuple("abcdef"), levels=(1.0, 2.0))
    data = replace(examples, stop=replace(examples, x=x[900:], y=y[900:]))
    right = np.column_stack([hidden, hidden > 0]).astype(float)
    joint, separate = (losses(right, (1, 2), judged(right, (1, 2), each)).mean(axis=0) for each in both_ways(data, new))
    assert joint[1] < 0.75 * separate[1]


def test_strangers_in_a_narrow_trunk_are_in_each_others_way():
    x, y = strangers(0, 600)
    new, right = strangers(1, 500)
    examples = Examples(x[:500], y[:500], "multioutput", 2, tuple("abcdef"))
    data = replace(examples, stop=replace(examples, x=x[500:], y=y[500:]))
    joint, separate = (((each - right) ** 2).mean(axis=0) for each in both_ways(data, new, width=16))
    assert joint.mean() > 1.1 * separate.mean()


@pytest.mark.parametrize("weighing", ["uncertainty", "plain"])
def test_rows_that_lack_a_target_do_not_move_its_head(weighing):
    import torch

    from ninefold.networks.training.masked import Masked, Weighed

    layers = torch.nn.Linear(2, 3)
    y = torch.tensor([[1.0, float("nan")], [float("nan"), 1.0]])
    x = torch.eye(2)
    taught = Weighed(layers, 2)
    doubts = taught.doubts if weighing == "uncertainty" else None
    Masked(layers, x, y, (1, 2), torch.ones(2), doubts).loss(torch.tensor([0])).backward()
    assert layers.weight.grad[0].abs().sum() > 0 and not layers.weight.grad[1:].any()
    assert doubts is None or (taught.doubts.grad[1] == 0 and taught.doubts.grad[0] != 0)


def test_noise_is_found_where_it_is():
    """Of two numbers one is mostly noise: its losses come to weigh less."""
    import torch

    from ninefold.networks.training.masked import Masked, Weighed

    torch.manual_seed(0)
    layers, x = torch.nn.Linear(1, 2), torch.randn(400, 1)
    y = torch.cat([x + 0.2 * torch.randn(400, 1), x + 2 * torch.randn(400, 1)], dim=1)
    taught = Weighed(layers, 2)
    lesson = Masked(layers, x, y, (1, 1), torch.ones(2), taught.doubts)
    optimiser = torch.optim.SGD(taught.parameters(), 0.04)
    for _ in range(1500):
        optimiser.zero_grad()
        lesson.loss(torch.arange(400)).backward()
        optimiser.step()
    found = taught.doubts.exp().tolist()
    assert found == pytest.approx([0.04, 4.0], rel=0.2)


@pytest.mark.parametrize("trunk", ["shared", "separate"])
def test_a_target_that_no_row_has_is_no_failure(trunk):
    data = mixed("multitask", "scaled")
    empty = replace(data, y=np.column_stack([data.y[:, 0], np.full(len(data.y), np.nan)]))
    form = parts.tiny(learner("multi_task", trunk=trunk)).fit(empty, rng=RNG(0), clock=Clock())
    np.testing.assert_allclose(form.predict(data.x)[:, 1:], 1 / 3)
    assert isinstance(form, Constant) == (trunk == "shared")
