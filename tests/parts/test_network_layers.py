"""Each layer's nodes are its torch module; identities that attention, recurrence, padding and batch norm must keep."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ninefold.forms.onnx import Session, form_graph
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.inputs.series import Series
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.embedding import Embedding
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.layer_norm import LayerNorm
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.positions import Positions
from ninefold.networks.layers.recurrent import Recurrent
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.network import Network

RNG = np.random.default_rng
TABLE = RNG(0).normal(size=(6, 5))
IMAGES = RNG(1).integers(0, 256, (4, 9 * 7 * 2)).astype(np.uint8)
PIXELS = Pixels.of(IMAGES, (9, 7, 2))
WORDS = np.where(np.arange(8) < np.array([[8], [5], [1], [0]]), RNG(2).integers(1, 11, (4, 8)), 0)
WAVES = np.where(np.arange(14) // 2 < np.array([[7], [4], [1], [0]]), RNG(3).normal(50, 9, (4, 14)), np.nan)
WAVES[0, [0, 1, 5]] = np.nan
SERIES = Series.of(WAVES, (7, 2))


def form_of(input, *layers, rows):
    """A network of these layers with weights drawn anew, its batch norms having seen the rows."""
    torch.manual_seed(0)
    body = Sequential(layers)
    network = Network(input, body)
    network.train()
    with torch.no_grad():
        scores = [network(input.held(rows)) for _ in range(3)][-1]
        for name, weight in network.parts.named_parameters():
            if name.endswith("bias"):
                weight.normal_()
    width = int(np.prod(scores.shape[1:]))
    return NetworkForm(input, body, Head(False, np.eye(width), np.zeros(width)), network.weights(), 1)


def apart(form, rows):
    """The largest difference between torch and graph."""
    torched = form.predict(rows)
    graphed = Session(form_graph(form, rows.shape[1])).run({"x": rows.astype(float)})["y"]
    assert graphed.shape == torched.shape
    assert np.isfinite(torched).all()
    assert np.ptp(torched) > 0
    return np.abs(graphed - torched).max()


ON_TABLES = {
    "dense": [Dense(4)],
    "dense_bare": [Dense(4, bias=False, start="he")],
    "xavier": [Dense(4, start="xavier"), Activation("tanh")],
    "relu": [Dense(4), Activation("relu")],
    "sigmoid": [Dense(4), Activation("sigmoid")],
    "gelu": [Dense(4), Activation("gelu")],
    "batch_norm": [BatchNorm()],
    "folded": [Dense(4, bias=False), BatchNorm(), Activation(), Dense(3), BatchNorm()],
    "layer_norm": [LayerNorm()],
    "dropout": [Dense(4), Dropout(0.5)],
    "residual": [Residual(Sequential((Dense(5), Activation())))],
    "residual_way": [Residual(Dense(3), way=Dense(3))],
}
ON_IMAGES = {
    "flatten": [Flatten()],
    "conv2d": [Conv2d(3), Flatten()],
    "conv2d_stride": [Conv2d(4, 3, stride=2, padding=0, groups=2, bias=False), Flatten()],
    "conv2d_norm": [Conv2d(3, 5), BatchNorm(), Activation(), Dropout(0.5, whole=True), Flatten()],
    "norm_alone": [BatchNorm(), Pool2d("mean", 3), Flatten()],
    "max": [Conv2d(3), Pool2d(), Flatten()],
    "global_mean": [Conv2d(3), GlobalPool("mean"), Dense(2)],
    "global_max": [Conv2d(3), GlobalPool("max")],
}
ON_SEQUENCES = {
    "conv1d": [Conv1d(3), GlobalPool("mean")],
    "conv1d_norm": [Conv1d(3, 5, dilation=2), BatchNorm(), Activation(), GlobalPool("max")],
    "conv1d_causal": [Conv1d(3, causal=True), GlobalPool("last")],
    "first": [GlobalPool("first")],
    "last": [GlobalPool("last")],
    "mean": [GlobalPool("mean")],
    "rnn": [Recurrent("rnn", 3, give="last")],
    "lstm": [Recurrent("lstm", 3, layers=2, both=True), GlobalPool("mean")],
    "lstm_last": [Recurrent("lstm", 3, both=True, give="last")],
    "gru": [Recurrent("gru", 3, layers=2, dropout=0.3, give="last")],
    "gru_both": [Recurrent("gru", 3, both=True), GlobalPool("max")],
    "rnn_both": [Recurrent("rnn", 3, layers=2, both=True), GlobalPool("first")],
    "attention": [Dense(4), Attention(2), GlobalPool("mean")],
    "attention_causal": [Dense(4), Attention(2, causal=True, dropout=0.2), GlobalPool("last")],
    "positions": [Dense(4), Positions(20), GlobalPool("max")],
    "positions_learned": [Dense(4), Positions(20, "learned"), GlobalPool("mean")],
    "block": [
        Dense(4),
        Residual(Sequential((LayerNorm(), Attention(4)))),
        Residual(Sequential((LayerNorm(), Dense(8), Activation("gelu"), Dense(4)))),
        GlobalPool("mean"),
    ],
}


@pytest.mark.parametrize("name", ON_TABLES)
def test_nodes_on_tables(name):
    assert apart(form_of(Columns(5), *ON_TABLES[name], rows=TABLE), 2 * TABLE) < 1e-5


@pytest.mark.parametrize("name", ON_IMAGES)
def test_nodes_on_images(name):
    assert apart(form_of(PIXELS, *ON_IMAGES[name], rows=IMAGES), IMAGES) < 1e-5


@pytest.mark.parametrize("name", ON_SEQUENCES)
def test_nodes_on_series(name):
    assert apart(form_of(SERIES, *ON_SEQUENCES[name], rows=WAVES), WAVES) < 1e-5


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru_both", "attention", "block", "mean", "conv1d"])
def test_nodes_on_words(name):
    assert apart(form_of(Tokens(8), Embedding(11, 6), *ON_SEQUENCES[name], rows=WORDS), WORDS) < 1e-5
