"""A trained network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.alone import alone
from ninefold.forms.onnx import Var
from ninefold.networks.head import Head
from ninefold.networks.inputs.input import Input
from ninefold.networks.layer import Layer, Named, Weights

if TYPE_CHECKING:
    from ninefold.networks.network import Network


@dataclass(frozen=True, eq=False)
class NetworkForm:
    """``weights`` are float32 by torch's names; the network computes in float32, the head after it in float64."""

    input: Input
    body: Layer
    head: Head
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
        flow = self.body.nodes(Weights(dict(self.weights)), self.input.nodes(x))
        return self.head.nodes(flow.values)

    def borders(self) -> Array:
        """None: a network has no thresholds."""
        return np.zeros((0, int(np.prod(self.input.shape))))
