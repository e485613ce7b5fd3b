"""Several networks that share most of their weights, and the mean of what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.int8 import WEIGHTS, weight_nodes
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.tabm.layout import Inputs, Shape

EMBED = "embed.both.weight"


@dataclass(frozen=True, eq=False)
class SharedNetworks:
    """``weights`` are float32 arrays by the names of the library's modules. The mean of the members' probabilities
    (``softmax``) or values, [N, S], times ``out`` [S, K] plus ``base`` [K] is the prediction.

    Weights are learned in float32; library and graph compute with them in float64.
    """

    inputs: Inputs
    shape: Shape
    weights: tuple[tuple[str, Array], ...]
    softmax: bool
    out: Array
    base: Array
    rounds: int

    def predict(self, x: Array) -> Array:
        from ninefold.forms.tabm.modules import predicted

        mean = predicted(self.inputs, self.shape, self.weights, x, softmax=self.softmax)
        return np.asarray(mean @ self.out + self.base)

    def graph(self, x: Var) -> Var:
        return self._graph(x)

    def int8(self, rows: Array) -> dict[str, Callable[[Var], Var]]:
        """How it is written with weights of 8 bits; products stay as they are, in float64."""
        return {WEIGHTS: partial(self._graph, whole=True)}

    def _graph(self, x: Var, *, whole: bool = False) -> Var:
        hidden = self._blocks(x, held := self._held(whole=whole))[-1]
        by_member = op.matmul(op.transpose(hidden, perm=[1, 0, 2]), held["head.weight"])
        scores = op.add(by_member, op.unsqueeze(held["head.bias"], const([1], np.int64)))
        said = op.softmax(scores, axis=2) if self.softmax else scores
        mean = op.reduce_mean(said, const([0], np.int64), keepdims=False)
        return op.add(op.matmul(mean, const(self.out)), const(self.base))

    def insides(self, x: Var) -> dict[str, Var]:
        """What comes out of each block, the units of all members side by side."""
        blocks = self._blocks(x, self._held())
        flat = const([0, -1], np.int64)
        return {f"block {b} (relu)": op.reshape(hidden, flat) for b, hidden in enumerate(blocks)}

    def _held(self, *, whole: bool = False) -> dict[str, Var]:
        """Constants by name, and ``EMBED``, the matrices of all embedded columns."""
        arrays = dict(self.weights)
        if self.inputs.edges:
            own, plain = arrays["embed.linear.weight"], arrays["embed.linear0.weight"]
            arrays[EMBED] = np.concatenate([own, plain[:, None, :]], axis=1)
        eight = {name for name in arrays if whole and name.endswith(".weight")}
        return {name: _eight(w) if name in eight else _single(w) for name, w in arrays.items()}

    def _blocks(self, x: Var, held: dict[str, Var]) -> list[Var]:
        """[N, members, width] after each."""
        seen = op.gather(x, const(self.inputs.plain, np.int64), axis=1)
        if self.inputs.edges:
            seen = op.concat([self._embedded(x, held), seen], axis=1)
        hidden, found = op.unsqueeze(seen, const([1], np.int64)), list[Var]()
        for block in range(self.shape.blocks):
            w = {part: held[f"backbone.blocks.{block}.0.{part}"] for part in ("r", "weight", "s", "bias")}
            hidden = op.matmul(op.mul(hidden, w["r"]), op.transpose(w["weight"], perm=[1, 0]))
            hidden = op.relu(op.add(op.mul(hidden, w["s"]), w["bias"]))
            found.append(hidden)
        return found

    def _embedded(self, x: Var, held: Mapping[str, Var]) -> Var:
        """[N, D] to [N, F x embedding]: all pieces of all columns at once, then one matrix per column."""
        columns, width = dict(self.weights)["embed.linear0.weight"].shape
        rise, start, low, high = self.inputs.pieces()
        pieces = rise.shape[1]
        which = const(np.repeat(self.inputs.embedded, pieces), np.int64)
        line = op.add(op.mul(op.gather(x, which, axis=1), _single(rise.ravel())), _single(start.ravel()))
        held_in = op.min([op.max([line, const(low.ravel())]), const(high.ravel())])
        by_column = op.transpose(op.reshape(held_in, const([-1, columns, pieces], np.int64)), perm=[1, 0, 2])
        mapped = op.transpose(op.matmul(by_column, held[EMBED]), perm=[1, 0, 2])
        flat = op.reshape(mapped, const([-1, columns * width], np.int64))
        return op.add(flat, op.reshape(held["embed.linear0.bias"], const([-1], np.int64)))

    def borders(self) -> Array:
        """Rows on the edges between pieces, all embedded columns at their own edge of the same number."""
        most = max((len(edges) for edges in self.inputs.edges), default=0)
        rows = np.zeros((most, len(self.inputs.embedded) + len(self.inputs.plain)))
        for column, edges in zip(self.inputs.embedded, self.inputs.edges, strict=True):
            rows[:, column] = edges[np.minimum(np.arange(most), len(edges) - 1)]
        return rows


def _eight(weights: Array) -> Var:
    """Matrices with the outputs along the first axis, [units, D], or one of [D, units] for each member or column."""
    return weight_nodes(weights, (0,) if weights.ndim == 2 else (0, 2), np.float64)


def _single(weights: Array) -> Var:
    """A constant stored in four bytes a number, used in eight."""
    return op.cast(const(weights, np.float32), to=np.float64)
