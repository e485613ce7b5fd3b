"""What each place of an image gives to each output, for networks whose scores are sums over places.

The score of such a network is a weighted sum of what its last stage found at each place, so that what a place gives is
a product and needs no gradient: class activation maps (Zhou and others 2016), which Grad-CAM (Selvaraju and others
2017) equals where the score is a mean over places, and HiResCAM (Draelos and Carin 2020) everywhere.
"""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, block_input, compiled, const, op
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Layer, Weights
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.sequential import Sequential

MAP, BASE = "map", "base"
"""Outputs of the graph: [N, K, h, w] and [K]; base and the sum of a map are the score of its output."""


def has_maps(form: Form) -> bool:
    """Whether its scores are sums over places of an image."""
    if not isinstance(form, NetworkForm) or not isinstance(form.input, Pixels) or not isinstance(form.head, Head):
        return False
    body = form.body
    return isinstance(body, Sequential) and len(body.layers) > 1 and _is_sum(body.layers[-1])


def _is_sum(head: Layer) -> bool:
    """A last layer that gathers places, leaves out some in training, and weighs."""
    if not isinstance(head, Sequential) or len(head.layers) != 3:
        return False
    gather, dropped, weigh = head.layers
    gathers = isinstance(gather, Flatten) or (isinstance(gather, GlobalPool) and gather.kind == "mean")
    return gathers and isinstance(dropped, Dropout) and isinstance(weigh, Dense)


def map_graph(form: NetworkForm, width: int) -> bytes:
    """``x`` uint8 [N, width] to `MAP` and `BASE`. Of classes, scores and maps are those of a class less the mean over
    the classes, for only differences between them matter.

    The form must have maps.
    """
    assert isinstance(form.body, Sequential)
    before = form.body.layers[:-1]
    weights = Weights(dict(form.weights))
    x = block_input(np.uint8, width)
    found = Sequential(before).nodes(weights, form.input.nodes(x)).values
    shape = Sequential(before).shape(form.input.shape)
    held = weights.under(len(before)).under(2)
    weighed, base = _of_outputs(form, held.array("weight"), held.array("bias"))
    return compiled({"x": x}, {MAP: _summed(found, weighed, shape), BASE: const(base)})


def _of_outputs(form: NetworkForm, weights: Array, bias: Array) -> tuple[Array, Array]:
    """Weights [K, D] and bias [K] of the K outputs, from those of the scores; classes never met have none."""
    head = form.head
    assert isinstance(head, Head)
    out = head.out.T
    if head.softmax:
        weights, bias = weights - weights.mean(axis=0), bias - bias.mean()
        return out @ weights, out @ bias
    return out @ weights, out @ bias + head.base


def _summed(found: Var, weights: Array, shape: tuple[int, ...]) -> Var:
    """What was found [N, C, h, w], weighed by [K, C] (a mean over places) or [K, C x h x w], at each place: [N, K, h,
    w]."""
    channels, tall, wide = shape
    places, outputs = tall * wide, len(weights)
    flat = op.reshape(found, const([-1, channels, places], np.int64))
    if weights.shape[1] == channels:
        each = op.matmul(op.transpose(flat, perm=[0, 2, 1]), const(weights.T / places, np.float32))
        by_output = op.transpose(each, perm=[0, 2, 1])
    else:
        held = weights.reshape(outputs, channels, places).transpose(2, 1, 0)
        by_place = op.matmul(op.transpose(flat, perm=[2, 0, 1]), const(np.ascontiguousarray(held), np.float32))
        by_output = op.transpose(by_place, perm=[1, 2, 0])
    return op.cast(op.reshape(by_output, const([-1, outputs, tall, wide], np.int64)), to=np.float64)
