"""Each layer's nodes are its torch module; identities that attention, recurrence, padding and batch norm must keep."""

from __future__ import annotations

import dataclasses

import numpy as np
import onnx
import pytest
import torch
from spox import Tensor, argument

from ninefold.core import parts
from ninefold.forms.onnx import Session, compiled, form_graph
from ninefold.networks.backpropagation import TwoLayers
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.inputs.series import Series
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Flow, Weights
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.beside import Beside
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.cross_attention import CrossAttention
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.embedding import Embedding
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.layer_norm import LayerNorm
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.positions import Positions
from ninefold.networks.layers.recolour import Recolour
from ninefold.networks.layers.recurrent import Recurrent
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.looks import looks_graph
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
    "beside": [Beside((Dense(2), Sequential((Dense(3), Activation()))))],
    "residual_way": [Residual(Dense(3), way=Dense(3))],
}
ON_IMAGES = {
    "flatten": [Flatten()],
    "recolour": [Recolour(3), Flatten()],
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


# --- attention


def words_seen(layer, length=6, width=8, mask=None):
    """The layer's module, and what it makes of random places."""
    torch.manual_seed(1)
    module = layer.module((length, width)).eval()
    x = torch.randn(3, length, width)
    with torch.no_grad():
        module.in_proj_bias.normal_()
    return module, x, layer.forward(module, Flow(x, mask)).values


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_torchs(causal):
    """With padding: places after the end of a row are not looked at."""
    mask = torch.arange(6) < torch.tensor([6, 3, 1])[:, None]
    module, x, said = words_seen(Attention(2, causal=causal), mask=mask)
    later = torch.ones(6, 6, dtype=torch.bool).triu(1) if causal else None
    theirs, maps = module(x, x, x, key_padding_mask=~mask, attn_mask=later, average_attn_weights=False)
    torch.testing.assert_close(said, theirs, atol=1e-6, rtol=0)
    torch.testing.assert_close(Attention(2, causal=causal).map(module, Flow(x, mask)), maps, atol=1e-6, rtol=0)


def test_attention_is_its_formula():
    """softmax(QK' / sqrt(d)) V, in NumPy."""
    module, x, said = words_seen(Attention(2))
    three = (x @ module.in_proj_weight.T + module.in_proj_bias).detach().numpy()
    q, k, v = (np.stack(np.split(part, 2, axis=2), axis=1) for part in np.split(three, 3, axis=2))
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(4)
    weights = np.exp(scores) / np.exp(scores).sum(axis=3, keepdims=True)
    taken = np.concatenate(list((weights @ v).transpose(1, 0, 2, 3)), axis=2)
    ours = taken @ module.out_proj.weight.detach().numpy().T + module.out_proj.bias.detach().numpy()
    np.testing.assert_allclose(said.detach().numpy(), ours, atol=1e-6)


def test_the_report_sees_what_words_look_at():
    """Of two attentions, the second within a residual: means over heads, as torch has them."""
    inner = Sequential((LayerNorm(), Attention(2)))
    form = form_of(Tokens(8, 12), Embedding(12, 8), Attention(4), Residual(inner), GlobalPool("mean"), rows=WORDS)
    network = form.network()
    graph = looks_graph(form, WORDS.shape[1])
    found = Session(graph).run({"x": WORDS})
    assert list(found) == ["attention 1", "attention 2"]
    with torch.no_grad():
        flow = network.input.forward(network.input.held(WORDS))
        embedding, first, second, _ = network.parts
        flow = Embedding(12, 8).forward(embedding, flow)
        maps = [Attention(4).map(first, flow).mean(1)]
        flow = Attention(4).forward(first, flow)
        maps.append(Attention(2).map(second["inner"][1], LayerNorm().forward(second["inner"][0], flow)).mean(1))
    for ours, theirs in zip(found.values(), maps, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-5)
        np.testing.assert_allclose(ours.sum(axis=2), 1, atol=1e-5)
    assert (found["attention 1"][1, :, 5:] == 0).all(), "nobody looks behind the end of a text"


def test_the_report_sees_the_first_convolution():
    """Norm and activation included, however deep it lies; networks without one have nothing to show."""
    stage = Sequential((Conv2d(3, 3), BatchNorm(), Activation("relu"), Conv2d(4, 3)))
    form = form_of(PIXELS, Sequential((stage, Pool2d("max", 2))), Flatten(), rows=IMAGES)
    graph = looks_graph(form, IMAGES.shape[1])
    (found,) = Session(graph).run({"x": IMAGES}).values()
    network = form.network()
    with torch.no_grad():
        conv, norm = network.parts[0][0][0], network.parts[0][0][1]
        theirs = norm(conv(network.input.forward(network.input.held(IMAGES)).values)).relu()
    np.testing.assert_allclose(found, theirs.numpy(), atol=1e-4)
    assert looks_graph(form_of(Columns(5), Dense(3), rows=TABLE), 5) is None


def test_cross_attention_is_torchs_and_its_nodes():
    layer, mask = CrossAttention(2), torch.arange(5) < torch.tensor([5, 2, 1])[:, None]
    torch.manual_seed(2)
    module, x, memory = layer.module((4, 8)).eval(), torch.randn(3, 4, 8), torch.randn(3, 5, 8)
    flow = Flow(x, None, memory, mask)
    theirs, maps = module(x, memory, memory, key_padding_mask=~mask, average_attn_weights=False)
    torch.testing.assert_close(layer.forward(module, flow).values, theirs, atol=1e-6, rtol=0)
    torch.testing.assert_close(layer.map(module, flow), maps, atol=1e-6, rtol=0)
    given = {
        "x": argument(Tensor(np.float32, ("N", "T", 8))),
        "memory": argument(Tensor(np.float32, ("N", "S", 8))),
        "mask": argument(Tensor(np.bool_, ("N", "S"))),
    }
    weights = Weights({name: w.numpy() for name, w in module.state_dict().items()})
    said = layer.nodes(weights, Flow(given["x"], None, given["memory"], given["mask"])).values
    asked = {"x": x.numpy(), "memory": memory.numpy(), "mask": mask.numpy()}
    graphed = Session(compiled(given, {"y": said})).run(asked)["y"]
    np.testing.assert_allclose(graphed, theirs.detach().numpy(), atol=1e-6)


def test_later_words_change_nothing_before_them():
    form = form_of(
        Tokens(8), Embedding(11, 6), Positions(8), Attention(2, causal=True), Conv1d(6, causal=True), rows=WORDS
    )
    network = form.network()
    first = torch.from_numpy(RNG(5).integers(1, 11, (2, 8)))
    other = first.clone()
    other[:, 5:] = torch.tensor([3, 1, 2])
    with torch.no_grad():
        one, two = network(first), network(other)
    assert torch.equal(one[:, :5], two[:, :5])
    assert not torch.allclose(one[:, 5:], two[:, 5:])


PADDED = {
    "rnn": [Recurrent("rnn", 3, layers=2, both=True, give="last")],
    "lstm": [Recurrent("lstm", 3, both=True), GlobalPool("mean")],
    "gru": [Recurrent("gru", 3, give="last")],
    "attention": [Attention(2), GlobalPool("mean")],
    "conv1d": [Conv1d(4, 5), Activation(), Conv1d(3, 3), GlobalPool("max")],
    "mean": [GlobalPool("mean")],
    "max": [GlobalPool("max")],
    "last": [Attention(2), GlobalPool("last")],
}


@pytest.mark.parametrize("name", PADDED)
def test_padding_does_not_change_an_answer(name):
    layers = (Embedding(11, 6), Positions(20), *PADDED[name])
    form = form_of(Tokens(8), *layers, rows=WORDS)
    longer = dataclasses.replace(form, input=Tokens(13))
    wide = np.pad(WORDS, ((0, 0), (0, 5)))
    np.testing.assert_allclose(longer.predict(wide), form.predict(WORDS), atol=1e-6)
    said = [Session(form_graph(f, x.shape[1], np.int64)).run({"x": x})["y"] for f, x in ((form, WORDS), (longer, wide))]
    np.testing.assert_allclose(said[0], said[1], atol=1e-6)


# --- batch norm


def test_folded_batch_norm_leaves_no_trace_but_the_outputs():
    """Its statistics are far from 0 and 1; the graph has one matrix product or convolution for each pair, and no more
    products than those."""
    form = form_of(
        PIXELS, Conv2d(3, bias=False), BatchNorm(), Activation(), Flatten(), Dense(4), BatchNorm(), rows=IMAGES
    )
    moved = {"1.running_mean": 7.0, "1.running_var": 30.0, "1.weight": -2.0, "5.running_var": 0.01, "5.bias": 3.0}
    weights = tuple((n, np.full_like(w, moved[n]) if n in moved else w) for n, w in form.weights)
    form = dataclasses.replace(form, weights=weights)
    size = np.abs(form.predict(IMAGES)).max()
    assert apart(form, IMAGES) < 1e-5 * size
    nodes = [n.op_type for n in onnx.load_from_string(form_graph(form, IMAGES.shape[1])).graph.node]
    assert nodes.count("Conv") == 1
    assert nodes.count("MatMul") == 2  # the dense layer's and the head's
    assert "Mul" not in nodes


# --- backpropagation


def test_backpropagation_by_hand_is_autograd():
    rng = RNG(0)
    x, y = rng.normal(size=(20, 5)), rng.integers(0, 3, 20)
    net = TwoLayers.drawn(5, 7, 3, rng)
    held = {name: torch.tensor(getattr(net, name), requires_grad=True) for name in "wbvc"}
    scores = torch.tanh(torch.tensor(x) @ held["w"] + held["b"]) @ held["v"] + held["c"]
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(y))
    loss.backward()
    assert net.loss(x, y) == pytest.approx(float(loss.detach()), abs=1e-12)
    ours = net.gradients(x, y)
    for name, theirs in held.items():
        np.testing.assert_allclose(getattr(ours, name), theirs.grad.numpy(), atol=1e-12)


def test_backpropagation_by_hand_learns():
    """What one line cannot part: xor."""
    rng = RNG(0)
    x = rng.uniform(-1, 1, (200, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    net = TwoLayers.drawn(2, 12, 2, rng)
    for _ in range(400):
        net = net.moved(net.gradients(x, y), 1.0)
    assert (net.probabilities(x).argmax(axis=1) == y).mean() > 0.95


# --- inventory


def test_every_layer_is_tried_here():
    """By its nodes, above."""
    tried = {
        type(layer).__name__ for group in (ON_TABLES, ON_IMAGES, ON_SEQUENCES) for ls in group.values() for layer in ls
    }
    tried |= {"Embedding", "CrossAttention", "Sequential"}
    ours = parts.names("ninefold.networks.layers")
    assert {parts.find("ninefold.networks.layers", name).__name__ for name in ours} == tried
