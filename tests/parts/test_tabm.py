"""TabM: the form is the library's own network, training stops where it should, and what it knows is said."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import torch

from graphs import through_graph
from ninefold.checks._bench import mixed, take
from ninefold.checks._skill import named, skill
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.forms.onnx import form_graph
from ninefold.networks.training.batch import Teacher

RNG = np.random.default_rng
SMALL = {"epochs": 8, "members": 3, "width": 16, "embedding": 4, "bins": 6}


def tabm(**settings):
    return parts.make("ninefold.learners", "tabm", settings)


def fitted(data, **settings):
    return tabm(**settings).fit(data, rng=RNG(0), clock=Clock())


def examples(x, y, task):
    outputs = 1 if task == "regression" else int(y.max()) + 1
    return Examples(x, y, task, outputs, tuple(f"x{i}" for i in range(x.shape[1])))


def noise(rows):
    rng = RNG(rows)
    return examples(rng.normal(size=(rows, 5)), rng.integers(0, 2, rows), "binary")


# --- the form is the library's network


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_form_and_graph_are_the_librarys_tabm(task):
    """The class ``tabm.TabM`` with the same weights, in float32, over columns of 3 to 7 edges."""
    import rtdl_num_embeddings
    from tabm import TabM

    rng = RNG(1)
    x = np.column_stack([rng.normal(size=(200, 2)), rng.integers(0, 3, 200), rng.integers(0, 5, 200)]).astype(float)
    target = x[:, 0] + np.abs(x[:, 1]) + x[:, 2]
    y = target if task == "regression" else np.digitize(target, [1.0, 2.0])
    form = fitted(examples(x, y, task), **SMALL)
    assert {len(edges) for edges in form.inputs.edges} == {3, 5, 7}

    bins = [torch.from_numpy(edges) for edges in form.inputs.edges]
    theirs = TabM(
        n_num_features=4,
        d_out=form.shape.scores,
        num_embeddings=rtdl_num_embeddings.PiecewiseLinearEmbeddings(bins, 4, activation=False, version="B"),
        n_blocks=2,
        d_block=16,
        dropout=0.5,
        k=3,
        start_scaling_init="normal",
    ).eval()
    their_names = {"embed": "num_module", "backbone": "backbone", "head": "output"}
    with torch.no_grad():
        for name, weights in form.weights:
            first, _, rest = name.partition(".")
            theirs.get_parameter(f"{their_names[first]}.{rest}").copy_(torch.from_numpy(weights))
        asked = np.vstack([x, 3 * rng.normal(size=(50, 4))]).astype(np.float32)
        scores = theirs(torch.from_numpy(asked))
    said = scores.mean(1).numpy() * y.std() + y.mean() if task == "regression" else scores.softmax(2).mean(1).numpy()
    np.testing.assert_allclose(form.predict(asked.astype(float)), said, atol=1e-6 * (1 + np.abs(said).max()))
    np.testing.assert_allclose(through_graph(form, asked.astype(float)), said, atol=1e-6 * (1 + np.abs(said).max()))


def test_marks_enter_as_they_are_and_numbers_in_pieces():
    rng = RNG(0)
    marks = rng.integers(0, 2, (90, 2)).astype(float)
    rare = (np.arange(90) == 5) * 3.5
    data = examples(
        np.column_stack([marks[:, 0], rng.normal(size=90), marks[:, 1], rare]), rng.normal(size=90), "regression"
    )
    form = fitted(data, **SMALL)
    np.testing.assert_array_equal(form.inputs.embedded, [1])
    np.testing.assert_array_equal(form.inputs.plain, [0, 2, 3])
    rows = np.vstack([data.x, form.borders()])
    np.testing.assert_allclose(through_graph(form, rows), form.predict(rows), atol=1e-12)


def test_a_spike_leaves_pieces_to_the_other_values():
    """Nine rows of ten are 0: plain quantiles would leave three edges to the rest."""
    rng = RNG(0)
    x = np.where(rng.random((1000, 1)) < 0.9, 0.0, rng.uniform(1.0, 9.0, (1000, 1)))
    (edges,) = fitted(examples(x, x[:, 0], "regression"), **SMALL | {"bins": 24, "epochs": 1}).inputs.edges
    assert edges[0] == 0.0
    assert len(edges) == 1 + (x > 0).sum() // 15
    assert np.diff(edges[2:]).max() < 4.0


def test_marks_alone_need_no_pieces():
    marks = RNG(0).integers(0, 2, (90, 3)).astype(float)
    form = fitted(examples(marks, (marks[:, 0] != marks[:, 1]).astype(int), "binary"), **SMALL | {"epochs": 100})
    assert form.borders().shape == (0, 3)
    assert (form.predict(marks).argmax(axis=1) == (marks[:, 0] != marks[:, 1])).all()
    np.testing.assert_allclose(through_graph(form, marks), form.predict(marks), atol=1e-12)


def test_far_outside_the_training_rows_the_outer_pieces_go_on():
    data = mixed("regression", "scaled")
    form = fitted(data, **SMALL)
    far = np.vstack([np.full((1, data.x.shape[1]), 1e3), np.full((1, data.x.shape[1]), -1e3)])
    np.testing.assert_allclose(through_graph(form, far), form.predict(far), rtol=1e-12)


def test_a_value_far_out_makes_no_endless_slopes():
    """It is so far that the others lie within the rounding of the range: their column has too few edges to embed."""
    rng = RNG(0)
    x = rng.normal(size=(100, 2))
    x[:, 1] *= 1e-42
    x[7, 1] = 10.0
    form = fitted(examples(x, (x[:, 0] > 0).astype(int), "binary"), **SMALL)
    np.testing.assert_array_equal(form.inputs.plain, [1])
    assert np.isfinite(form.predict(x)).all()


def test_many_columns_share_what_stands_for_them():
    x = RNG(0).normal(size=(60, 300))
    form = fitted(examples(x, x[:, 0], "regression"), **SMALL | {"epochs": 1})
    assert form.shape.embedding == 3
    np.testing.assert_allclose(through_graph(form, x), form.predict(x), atol=1e-12)


def test_weights_are_stored_in_single_precision():
    form = fitted(mixed("binary", "scaled"), **SMALL | {"width": 128, "epochs": 1})
    numbers = sum(weights.size for _, weights in form.weights)
    assert {weights.dtype for _, weights in form.weights} == {np.dtype(np.float32)}
    assert (
        4 * numbers < len(form_graph(form, len(form.inputs.embedded) + len(form.inputs.plain))) < 4.5 * numbers + 6_000
    )


# --- training


def test_training_stops_where_the_stopping_rows_say():
    """On noise the first epochs are the best; the form keeps their weights and no later ones."""
    data, stop = noise(200), noise(150)
    settings = SMALL | {"epochs": 40, "patience": 5, "learning_rate": 0.01}
    form = fitted(dataclasses.replace(data, stop=stop), **settings)
    assert 1 <= form.rounds < 20
    short = fitted(data, **settings | {"epochs": form.rounds})
    assert short.rounds == form.rounds
    np.testing.assert_array_equal(form.predict(data.x), short.predict(data.x))
    longer = fitted(data, **settings | {"epochs": form.rounds + 1})
    assert not np.array_equal(form.predict(data.x), longer.predict(data.x))


def test_stopping_rows_of_a_class_never_met_do_not_count():
    data = mixed("multiclass", "scaled", rows=200)
    known = take(data, np.flatnonzero(data.y != 1))
    stop = mixed("multiclass", "scaled", rows=200, seed=4)
    stop = dataclasses.replace(stop, x=stop.x[:, : data.x.shape[1]])
    without = take(stop, np.flatnonzero(stop.y != 1))
    both, one = (fitted(dataclasses.replace(known, stop=rows), **SMALL) for rows in (stop, without))
    np.testing.assert_array_equal(both.predict(data.x), one.predict(data.x))
    assert (both.predict(data.x)[:, 1] == 0).all()


@pytest.mark.parametrize("stopping", [True, False])
def test_the_clock_is_looked_at_after_every_batch(stopping, monkeypatch):
    """It runs out in the second epoch of 120 / 32 = 4 batches."""
    batches = []

    class Sixth(Clock):
        @property
        def left(self):
            return float(len(batches) < 6)

    teach = Teacher.teach
    monkeypatch.setattr(Teacher, "teach", lambda *given: (batches.append(1), teach(*given))[1])
    data = noise(120)
    form = tabm(**SMALL).fit(dataclasses.replace(data, stop=data if stopping else None), rng=RNG(0), clock=Sixth())
    assert form.rounds in ((1, 2) if stopping else (2,))
    assert len(batches) == 6


def test_torch_is_left_as_it_was(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    form = fitted(mixed("binary", "scaled"), **SMALL)
    form.predict(mixed("binary", "scaled").x)
    assert torch.equal(torch.get_rng_state(), before)
    assert asked == [1, 3, 1, 3]


def test_its_seed_is_the_only_chance():
    """torch's own generator plays no part."""
    data = mixed("multiclass", "scaled")
    torch.manual_seed(1)
    first = fitted(data, **SMALL).predict(data.x)
    torch.manual_seed(2)
    np.testing.assert_array_equal(fitted(data, **SMALL).predict(data.x), first)
    assert not np.array_equal(tabm(**SMALL).fit(data, rng=RNG(1), clock=Clock()).predict(data.x), first)


def test_training_does_not_load_torchs_compiler():
    """It takes longer to import than small fits take."""
    code = (
        "import sys, numpy as np; from ninefold.checks._bench import mixed; from ninefold.core.clock import Clock; "
        "from ninefold.core import parts; d = mixed('binary', 'scaled'); "
        "f = parts.tiny(parts.make('ninefold.learners', 'tabm')).fit(d, rng=np.random.default_rng(0), clock=Clock()); "
        "f.predict(d.x); print('torch' in sys.modules, 'torch._dynamo' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True False"


# --- what it knows


LINE = parts.make("ninefold.learners", "logistic_regression")


@pytest.mark.parametrize("world", ["xor", "rings"])
def test_knows_what_a_line_cannot(world):
    assert skill(tabm(), named(world)) > skill(LINE, named(world)) + 0.8


def test_knows_nearly_what_a_line_knows():
    assert skill(tabm(), named("halfspace")) > skill(LINE, named("halfspace")) - 0.05


@pytest.mark.parametrize(
    ("data", "task", "score"),
    [("breast_cancer", "binary", 0.94), ("digits", "multiclass", 0.95), ("diabetes", "regression", 0.42)],
)
def test_reference_scores(data, task, score):
    """Accuracy, or R² for diabetes, on a quarter of the rows; stopped on a fifth of the others."""
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    order = RNG(0).permutation(len(y))[:900]
    x, y = x[order], y[order]
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(spread == 0, 1.0, spread)
    whole = examples(x, y, task)
    test, stop, train = np.split(np.arange(len(y)), [len(y) // 4, len(y) * 2 // 5])
    form = fitted(dataclasses.replace(take(whole, train), stop=take(whole, stop)))
    said, truth = form.predict(x[test]), y[test]
    if task == "regression":
        assert 1 - ((said[:, 0] - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum() > score
    else:
        assert (said.argmax(axis=1) == truth).mean() > score
