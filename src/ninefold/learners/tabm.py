"""TabM: a small neural network for tables, several times over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.tabm.form import SharedNetworks
from ninefold.forms.tabm.layout import Inputs, Shape
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.head import Head
from ninefold.networks.plan import Plan, batch_of

if TYPE_CHECKING:
    from ninefold.forms.tabm.modules import Network
    from ninefold.learners._tabm_training import Members

WIDEST = 1024
"""Numbers that all embedded columns together may become: the more columns, the fewer each."""
ROWS = 15
"""Rows that a piece of a column needs, apart from those of its most frequent value."""
SAME = 1e-5
"""Edges this near to each other, as a share of the column's range, are one: single precision knows no better."""


@dataclass(frozen=True)
class TabM:
    """Trains networks that share their weights up to a few scalings each, side by side, and averages what they say."""

    epochs: int = setting(100, "Passes over the rows at most", low=1, high=1000, log=True, tiny=12, grows=True)
    members: int = setting(8, "Networks averaged", low=2, high=32, log=True, tiny=4)
    blocks: int = setting(2, "Layers of each network", low=1, high=4, tiny=1)
    width: int = setting(64, "Units per layer", low=16, high=512, log=True, tiny=16)
    bins: int = setting(24, "Pieces per column at most", low=2, high=128, log=True, tiny=8)
    embedding: int = setting(8, "Numbers that stand for one column of many values", low=2, high=32, log=True, tiny=4)
    learning_rate: float = setting(0.005, "Step size of AdamW", low=5e-4, high=2e-2, log=True, tiny=0.01)
    decay: float = setting(1e-3, "Shrinkage of the weights by AdamW", low=1e-6, high=0.3, log=True, simpler="high")
    dropout: float = setting(0.1, "Share of units left out at each step", low=0.0, high=0.5, simpler="high")
    patience: int = setting(12, "Epochs without a better stopping loss before training ends", low=2, high=100, log=True)

    card: ClassVar[Card] = Card(
        title="TabM",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="Small networks that share most of their weights, trained together; their mean errs less than each.",
        inductive_bias="Smooth functions of piecewise linear columns, all columns mixed; near-linear before training.",
        cost="Epochs x rows x members x width x (columns x embedding + width); large next to trees.",
        source="Gorishniy, Kotelnikov and Babenko 2025 (tabm); Gorishniy, Rubachev and Babenko 2022; PyTorch",
        questions=(26, 27, 28),
        seconds=25.0,
        promise=0.6,
        family="network",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "categorical"),
        fails_on=("noise", "parity"),
        library="tabm",
        extra="torch",
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"learning_rate": 0.002},
        {"blocks": 3, "dropout": 0.2},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from ninefold.forms.alone import alone
        from ninefold.forms.tabm.modules import Network
        from ninefold.networks.training.loop import train

        head, inputs = Head.of(data), _inputs(data.x, self.bins)
        embedding = max(1, min(self.embedding, WIDEST // max(1, len(inputs.edges))))
        shape = Shape(self.members, self.blocks, self.width, embedding, head.scores)
        with alone(int(rng.integers(2**31 - 1))):
            network = Network.of(inputs, shape, self.dropout)
            lesson = _members(network, head, data)
            watch = None if data.stop is None else _members(network, head, data.stop)
            trained = train(network.modules, lesson, watch, self._plan(len(data.y)), clock=clock, place=data.place)
            weights = network.weights()
        return SharedNetworks(inputs, shape, weights, head.softmax, head.out, head.base, trained.rounds)

    def _plan(self, rows: int) -> Plan:
        """A constant rate: stopping early, stopping at the clock and a refit for the epochs found are the same walk."""
        return Plan(
            epochs=self.epochs,
            batch=batch_of(rows),
            rate=self.learning_rate,
            decay=self.decay,
            patience=self.patience,
            precision="float32",
            device="cpu",
        )


def _members(network: Network, head: Head, data: Examples) -> Members:
    """Without rows of classes that cannot be said."""
    from ninefold.learners._tabm_training import Members

    known, wanted = head.wanted(data.y)
    if data.shares is not None:
        wanted = head.shared(data.shares[known])
    return Members.of(network, data.x[known], wanted, classes=head.softmax)


def _inputs(x: Array, bins: int) -> Inputs:
    """Columns with three edges or more are embedded; marks such as 0 and 1 enter as they are."""
    edges = [_edges(column, bins) for column in x.T]
    many = np.array([len(column) > 2 for column in edges])
    return Inputs(np.flatnonzero(many), tuple(e for e in edges if len(e) > 2), np.flatnonzero(~many))


def _edges(column: Array, bins: int) -> Array:
    """Quantiles of the column, where no value counts for more than one piece: a spike leaves pieces to the others."""
    values, counts = np.unique(column, return_counts=True)
    pieces = min(bins, (len(column) - counts.max()) // ROWS)
    if pieces < 2:
        return np.zeros(0, np.float32)
    shares = np.cumsum(np.minimum(counts, -(-len(column) // bins)))
    places = np.searchsorted(shares, np.linspace(shares[0], shares[-1], pieces + 1))
    edges = values[places].astype(np.float32)
    # Nearer than rounding can tell are the same; the first has none before it.
    return np.asarray(edges[np.diff(edges, prepend=-np.inf) > SAME * (edges[-1] - edges[0])])
