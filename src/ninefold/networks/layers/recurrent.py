"""A state carried from place to place: plain (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997) or GRU (Cho and
others 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

GATES = {"rnn": (0,), "lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}
"""Where torch's gates stand in ONNX: i, f, g, o as i, o, f, c; r, z, n as z, r, h."""


@dataclass(frozen=True)
class Recurrent(Layer):
    """[N, T, C] to [N, T, width] (twice the width in both directions), 0 after a sequence's end; or, with ``give``
    last, to the state [N, width] after the last place (and before the first, in both directions). A sequence ends with
    the last place that its mask has."""

    kind: Literal["rnn", "lstm", "gru"]
    width: int
    layers: int = 1
    both: bool = False
    dropout: float = 0.0
    """Between its layers."""
    give: Literal["all", "last"] = "all"

    @property
    def _ways(self) -> int:
        return 2 if self.both else 1

    def shape(self, shape: Dims) -> Dims:
        wide = self._ways * self.width
        return (wide,) if self.give == "last" else (shape[0], wide)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        kind: Any = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[self.kind]
        dropout = self.dropout if self.layers > 1 else 0.0
        return kind(shape[-1], self.width, self.layers, batch_first=True, bidirectional=self.both, dropout=dropout)

    def forward(self, module: Any, flow: Flow) -> Flow:
        import torch
        from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

        x = flow.values
        if flow.mask is None:
            said, state = module(x)
        else:
            ends = (flow.mask * torch.arange(1, x.shape[1] + 1, device=x.device)).amax(1).cpu()
            packed, state = module(pack_padded_sequence(x, ends, batch_first=True, enforce_sorted=False))
            said = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])[0]
        if self.give == "all":
            return flow.of(said)
        last = state[0] if self.kind == "lstm" else state
        return Flow(last[-self._ways :].transpose(0, 1).flatten(1))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        ends = None if flow.mask is None else _ends(flow.mask)
        said, state = op.transpose(flow.values, perm=[1, 0, 2]), flow.values
        for layer in range(self.layers):
            by_way, state = self._one(weights, layer, said, ends)
            together = op.transpose(by_way, perm=[0, 2, 1, 3])  # [T, N, ways, width]
            said = op.reshape(together, const([0, 0, -1], np.int64))
        if self.give == "all":
            return flow.of(op.transpose(said, perm=[1, 0, 2]))
        return Flow(op.reshape(op.transpose(state, perm=[1, 0, 2]), const([0, -1], np.int64)))

    def _one(self, weights: Weights, layer: int, x: Var, ends: Var | None) -> tuple[Var, Var]:
        """One layer over [T, N, C]: all states [T, ways, N, width] and the last [ways, N, width]."""
        w, r, inner, outer = (self._by_way(weights, f"{name}_l{layer}") for name in NAMES)
        bias = const(np.concatenate([inner, outer], axis=1), np.float32)
        given = (x, weights.how.weight(w, (0, 1)), weights.how.weight(r, (0, 1)), bias, ends)
        way = "bidirectional" if self.both else "forward"
        if self.kind == "lstm":
            said, state, _ = op.lstm(*given, hidden_size=self.width, direction=way)
        elif self.kind == "gru":
            said, state = op.gru(*given, hidden_size=self.width, direction=way, linear_before_reset=1)
        else:
            bends = ["Tanh"] * self._ways
            said, state = op.rnn(*given, hidden_size=self.width, direction=way, activations=bends)
        return said, state

    def _by_way(self, weights: Weights, name: str) -> Array:
        """[ways, gates x width, ...] in ONNX's order of gates."""
        ways = [weights.array(name + end) for end in ("", "_reverse")[: self._ways]]
        parts = [np.split(w, len(GATES[self.kind])) for w in ways]
        return np.stack([np.concatenate([p[gate] for gate in GATES[self.kind]]) for p in parts])


NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _ends(mask: Var) -> Var:
    """[N] int32: how many places there are up to the last that the mask has."""
    length = op.squeeze(op.shape(mask, start=1))
    places = op.range(const(1, np.int64), op.add(length, const(1, np.int64)), const(1, np.int64))
    reached = op.mul(op.cast(mask, to=np.int64), places)
    return op.cast(op.reduce_max(reached, const([1], np.int64), keepdims=False), to=np.int32)
