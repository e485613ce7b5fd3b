"""Numbers of 8 bits in graphs: as near to the float ones as their steps allow, a quarter of the size, the same of a row
whatever rows it comes with, and let through by the runtime's examination."""

from __future__ import annotations

import numpy as np
import pytest
from test_network_layers import IMAGES, PIXELS, SERIES, TABLE, WAVES, WORDS, form_of

from ninefold.core.table import Array
from ninefold.forms.int8 import CAREFUL, FULL, LEVELS, PRODUCTS, WEIGHTS, int8_graphs, product_nodes, rounded
from ninefold.forms.onnx import Session, block_input, compiled, form_graph
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.embedding import Embedding
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.positions import Positions
from ninefold.networks.layers.recurrent import Recurrent
from ninefold_runtime.safety.graph import examine

RNG = np.random.default_rng


def test_weights_are_rounded_to_half_a_step_of_their_own_output() -> None:
    weights = RNG(0).normal(size=(3, 4, 5)) * np.array([1e-4, 1.0, 1e4])[:, None, None]
    whole, step = rounded(weights, (0,))
    assert (whole.dtype, step.shape, np.abs(whole).max()) == (np.int8, (3, 1, 1), FULL)
    assert (np.abs(whole * step.astype(float) - weights) <= 0.5001 * step).all()


def test_an_output_of_weights_that_are_nothing_stays_nothing() -> None:
    whole, step = rounded(np.zeros((2, 3)), (0,))
    assert not whole.any()
    assert (step == 1).all()


def test_two_products_fit_in_16_bits_with_a_sign() -> None:
    assert 2 * LEVELS * CAREFUL < 1 << 15 <= 2 * LEVELS * (CAREFUL + 2)


def product(x: Array, matrix: Array, low: float, high: float) -> Array:
    held = block_input(np.float32, x.shape[1])
    return Session(compiled({"x": held}, {"y": product_nodes(held, matrix, low, high)})).run({"x": x})["y"]


@pytest.mark.parametrize(("low", "high"), [(-3.0, 3.0), (0.0, 3.0), (1.0, 3.0), (-3.0, -1.0)])
def test_a_product_is_that_of_levels_between_its_ends(low: float, high: float) -> None:
    x = RNG(1).uniform(low, high, size=(40, 30)).astype(np.float32)
    matrix = RNG(2).normal(size=(30, 7)).astype(np.float32)
    whole, scale = rounded(matrix, (1,), CAREFUL)
    low, high = min(low, 0.0), max(high, 0.0)
    step = np.float32((high - low) / LEVELS)
    levels = np.clip(np.round(x / step) + round(-low / step), 0, LEVELS) - round(-low / step)
    np.testing.assert_allclose(product(x, matrix, low, high), levels * step @ (whole * scale), atol=5e-3)
    assert np.abs(product(x, matrix, low, high) - x @ matrix).max() < 0.4


def test_what_lies_beyond_the_ends_counts_as_the_end() -> None:
    x = np.array([[5.0], [500.0], [-9.0], [0.0]], np.float32)
    np.testing.assert_allclose(product(x, np.ones((1, 1)), 0.0, 5.0)[:, 0], [5, 5, 0, 0], atol=1e-5)


def test_numbers_that_are_all_nothing_have_a_step_as_well() -> None:
    assert product(np.zeros((2, 3), np.float32), np.ones((3, 2)), 0.0, 0.0).tolist() == [[0, 0], [0, 0]]


NETWORKS = {
    "dense": (Columns(5), [Dense(300), Activation(), Dense(200), Activation(), Dense(3)], TABLE),
    "windows": (PIXELS, [Conv2d(64), BatchNorm(), Activation(), Conv2d(40), GlobalPool("mean"), Dense(3)], IMAGES),
    "images": (PIXELS, [Flatten(), Dense(200), Activation(), Dense(3)], IMAGES),
    "series": (SERIES, [Conv1d(64), Activation(), Conv1d(64), GlobalPool("mean"), Dense(3)], WAVES),
    "rnn": (SERIES, [Recurrent("rnn", 90, give="last"), Dense(3)], WAVES),
    "lstm": (SERIES, [Recurrent("lstm", 60, layers=2, both=True, give="last"), Dense(3)], WAVES),
    "gru": (SERIES, [Recurrent("gru", 60, give="last"), Dense(3)], WAVES),
    "attention": (
        Tokens(8),
        [Embedding(500, 128), Positions(8, "learned"), Attention(4), GlobalPool("mean"), Dense(128), Dense(3)],
        WORDS,
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_are_a_quarter_as_large_and_say_nearly_the_same(name: str) -> None:
    input, layers, rows = NETWORKS[name]
    form = form_of(input, *layers, rows=rows)
    plain = form_graph(form, rows.shape[1], rows.dtype.type)
    said = Session(plain).run({"x": rows})["y"]
    graphs = int8_graphs(form, rows)
    assert set(graphs) == ({WEIGHTS, PRODUCTS} if name in {"dense", "images", "attention"} else {WEIGHTS})
    for kind, graph in graphs.items():
        examine(graph)
        assert len(graph) < 0.4 * len(plain)
        lighter = Session(graph).run({"x": rows})["y"]
        assert 0 < np.abs(lighter - said).max() < 0.03 * np.abs(said).max(), kind


@pytest.mark.parametrize("name", ["dense", "attention"])
def test_what_is_said_of_a_row_depends_on_it_alone(name: str) -> None:
    input, layers, rows = NETWORKS[name]
    graph = Session(int8_graphs(form_of(input, *layers, rows=rows), rows)[PRODUCTS])
    alone = np.vstack([graph.run({"x": rows[i : i + 1]})["y"] for i in range(len(rows))])
    np.testing.assert_allclose(graph.run({"x": rows})["y"], alone, rtol=1e-6, atol=1e-6)


def test_forms_of_another_kind_have_no_such_graphs() -> None:
    assert int8_graphs(object(), TABLE) == {}
