"""A trained network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.alone import alone
from ninefold.forms.int8 import PRODUCTS, WEIGHTS
from ninefold.forms.onnx import Session, Var, block_input, compiled, const, op
from ninefold.networks.head import Head
from ninefold.networks.heads import Heads
from ninefold.networks.inputs.input import Input
from ninefold.networks.layer import Layer, Named, Weights
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.writing import PLAIN, Noting, Whole, Writing

if TYPE_CHECKING:
    from ninefold.networks.network import Network

SAMPLE, BATCH = 2_000, 500
"""Rows that ranges are read off, about, and how many are asked at once."""


@dataclass(frozen=True, eq=False)
class NetworkForm:
    """``weights`` are float32 by torch's names; the network computes in float32, the head after it in float64."""

    input: Input
    body: Layer
    head: Head | Heads
    weights: Named
    rounds: int | None

    def network(self) -> Network:
        """The torch module, in prediction mode, on the CPU."""
        from ninefold.networks.network import Network

        made = Network(self.input, self.body)
        made.eval()
        made.load(self.weights)
        return made

    def predict(self, x: Array) -> Array:
        from ninefold.networks.network import asked

        with alone(0):
            return self.head.said(asked(self.network(), x))

    def graph(self, x: Var) -> Var:
        return self._graph(x, PLAIN)

    def int8(self, rows: Array) -> dict[str, Callable[[Var], Var]]:
        """How it is written with whole numbers of 8 bits, by kind; ``rows`` are such as it learned from."""
        ranges = self._ranges(rows[:: max(1, len(rows) // SAMPLE)])
        ways = {WEIGHTS: Whole({})} | ({PRODUCTS: Whole(ranges)} if ranges else {})
        return {kind: partial(self._graph, how=how) for kind, how in ways.items()}

    def _graph(self, x: Var, how: Writing) -> Var:
        flow = self.body.nodes(Weights(dict(self.weights), how=how), self.input.nodes(x))
        return self.head.nodes(flow.values)

    def _ranges(self, rows: Array) -> dict[str, tuple[float, float]]:
        """The lowest and the highest number that each wide matrix is multiplied with."""
        noting, x = Noting(), block_input(rows.dtype.type, rows.shape[1])
        self._graph(x, noting)
        if not noting.noted:
            return {}
        ends = {
            f"{name} {end}": op.reshape(reduce(var, keepdims=False), const([1], np.int64))
            for name, var in noting.noted.items()
            for end, reduce in (("low", op.reduce_min), ("high", op.reduce_max))
        }
        session = Session(compiled({"x": x}, ends))
        said = [session.run({"x": rows[start : start + BATCH]}) for start in range(0, len(rows), BATCH)]
        return {
            name: (min(float(s[f"{name} low"][0]) for s in said), max(float(s[f"{name} high"][0]) for s in said))
            for name in noting.noted
        }

    def insides(self, x: Var) -> dict[str, Var]:
        """What comes out of each activation, and last what the last layer sees, by name; nothing where the network is
        no sequence of layers."""
        if not isinstance(self.body, Sequential):
            return {}
        found, last = dict[str, Var](), len(self.body.layers) - 1
        for place, flow in self.body.walk(Weights(dict(self.weights)), self.input.nodes(x)):
            layer = self.body.layers[place]
            if isinstance(layer, Activation):
                found[f"layer {place} ({layer.kind})"] = flow.values
            elif place == last - 1 and not isinstance(layer, Dropout):
                found[f"layer {place}"] = flow.values
        return found

    def borders(self) -> Array:
        """None: a network has no thresholds."""
        return np.zeros((0, int(np.prod(self.input.shape))))
