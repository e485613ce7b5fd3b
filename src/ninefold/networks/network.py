"""An input and its layers as one torch module. Loads torch: import this inside functions only."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ninefold.core.table import Array
from ninefold.networks.inputs.input import Input
from ninefold.networks.layer import Layer, Named

ROWS = 512
"""Rows that are asked at once."""


class Network(torch.nn.Module):  # type: ignore[misc]
    """``parts`` is the module of ``body``; weights have the names that they have in it."""

    def __init__(self, input: Input, body: Layer) -> None:
        super().__init__()
        self.input, self.body = input, body
        self.parts = body.module(input.shape)
        if len(input.shape) == 3:  # windows over images are fastest where the channels of a pixel lie side by side
            self.parts.to(memory_format=torch.channels_last)

    def forward(self, rows: Any) -> Any:
        """Rows of ``input.held`` to scores."""
        return self.body.forward(self.parts, self.input.forward(rows)).values

    def scores(self, rows: Any) -> Any:
        """The same as in prediction, ROWS at a time, on the device of the weights; rows may lie elsewhere."""
        was, device = self.training, next((p.device for p in self.parameters()), rows.device)
        self.eval()
        with torch.inference_mode():
            said = torch.cat([self(some.to(device)).float() for some in rows.split(ROWS)])
        self.train(was)
        return said

    def weights(self) -> Named:
        """Copies of the weights, and of what batch norms have counted."""
        held = self.parts.state_dict().items()
        return tuple((name, w.detach().cpu().numpy().copy()) for name, w in held if w.is_floating_point())

    def load(self, weights: Named) -> None:
        """Weights by name; those that are not named stay as they are."""
        self.parts.load_state_dict({name: torch.from_numpy(np.array(w)) for name, w in weights}, strict=False)


def asked(network: Network, x: Array) -> Any:
    """Scores [N, S] of rows of the view, on the CPU."""
    return network.scores(network.input.held(x)).cpu()
