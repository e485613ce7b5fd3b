"""What the report shows of a network's inside, as a graph of its own: what its first convolution makes of an image, or
what each word of a text looks at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.workshop import FIRST
from ninefold.forms.onnx import Var, block_input, compiled, const, op
from ninefold.networks.form import NetworkForm
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Flow, Layer, Weights
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential


def looks_graph(form: Form, width: int) -> bytes | None:
    """``x`` [N, width] of the view to FIRST [N, C, H, W], or to a map [N, T, T] for each self-attention, the mean of
    its heads: attention 1, 2 and so on. None where the form has neither."""
    if not isinstance(form, NetworkForm) or not isinstance(form.body, Sequential):
        return None
    if not isinstance(form.input, Pixels | Tokens):
        return None
    x = block_input(np.uint8 if isinstance(form.input, Pixels) else np.int64, width)
    layers = _layers(form.body, Weights(dict(form.weights)), form.input.nodes(x))
    found = _first(layers) if isinstance(form.input, Pixels) else _attention(layers)
    return compiled({"x": x}, found) if found else None


Layers = Iterator[tuple[Layer, Weights, Flow, Flow]]
"""Layers within which are no others, in order, each with its weights, what it takes and what it gives."""


def _layers(body: Sequential, weights: Weights, flow: Flow) -> Layers:
    for place, after in body.walk(weights, flow):
        layer, held = body.layers[place], weights.under(place)
        if isinstance(layer, Sequential):
            yield from _layers(layer, held, flow)
        elif isinstance(layer, Residual) and isinstance(layer.inner, Sequential):
            yield from _layers(layer.inner, held.under("inner"), flow)
        else:
            yield layer, held, flow, after
        flow = after


def _first(layers: Layers) -> dict[str, Var]:
    """What comes out of it, and of the activation that follows it."""
    for layer, _, _, after in layers:
        if isinstance(layer, Conv2d):
            following, _, _, last = next(layers, (layer, None, None, after))
            return {FIRST: last.values if isinstance(following, Activation) else after.values}
    return {}


def _attention(layers: Layers) -> dict[str, Var]:
    maps = [
        op.reduce_mean(layer.map_nodes(held, before), const([1], np.int64), keepdims=False)
        for layer, held, before, _ in layers
        if isinstance(layer, Attention)
    ]
    return {f"attention {number}": each for number, each in enumerate(maps, 1)}
