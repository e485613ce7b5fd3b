"""One network for several targets: a trunk that they share, and a head for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core import mixed
from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.columns import Columns
from ninefold.forms.constant import Constant
from ninefold.networks.heads import Heads
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.plan import Plan, batch_of


@dataclass(frozen=True)
class MultiTask:
    """Trains one network on all targets together, each row teaching those that it has; or, to compare, a network of the
    same kind for each target."""

    epochs: int = setting(100, "Passes over the rows at most", low=1, high=1000, log=True, tiny=12, grows=True)
    trunk: str = setting("shared", "One network for all targets, or one for each", choices=("shared", "separate"))
    weighing: str = setting(
        "uncertainty",
        "How losses of different targets are added: by the noise found in each, or in units of knowing nothing",
        choices=("uncertainty", "plain"),
    )
    layers: int = setting(2, "Layers of the trunk", low=1, high=4, tiny=1)
    width: int = setting(64, "Units per layer", low=16, high=512, log=True, tiny=16)
    learning_rate: float = setting(0.003, "Step size of AdamW", low=5e-4, high=2e-2, log=True, tiny=0.01)
    decay: float = setting(1e-2, "Shrinkage of the weights by AdamW", low=1e-6, high=0.3, log=True, simpler="high")
    dropout: float = setting(0.1, "Share of units left out at each step", low=0.0, high=0.5, simpler="high")
    patience: int = setting(12, "Epochs without a better stopping loss before training ends", low=2, high=100, log=True)

    card: ClassVar[Card] = Card(
        title="Multi-task network",
        solves=("multitask", "multilabel", "multioutput"),
        view="scaled",
        idea="What many rows teach about one target helps another that few rows have.",
        inductive_bias="All targets are functions of the same few hidden numbers.",
        cost="Epochs x rows x (columns x width + width² x layers).",
        source="Caruana 1997; Kendall, Gal and Cipolla 2018 (weights by uncertainty); PyTorch",
        questions=(42,),
        seconds=5.0,
        promise=0.5,
        family="network",
        beats_baseline_on=("kin",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"trunk": "separate"},
        {"weighing": "plain"},
        {"width": 128, "dropout": 0.3},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        widths = _widths(data)
        if self.trunk == "shared":
            return self._network(data, widths, rng, clock)
        fits, count = list[Form](), len(widths)
        for t in range(count):
            alone = _only(data, t)
            fits.append(self._network(alone, widths[t : t + 1], rng, Clock(clock.left / (count - t))))
        return Columns(tuple(fits), widths if data.task == "multitask" else ())

    def _network(self, data: Examples, widths: tuple[int, ...], rng: np.random.Generator, clock: Clock) -> Form:
        y = np.asarray(data.y, np.float64)
        heads = Heads.of(y, widths, _kept(data, widths))
        if data.x.shape[1] == 0 or np.isnan(y).all(axis=0).any():
            return Constant(mixed.nothing(y, widths)[heads.kept], data.x.shape[1])
        from ninefold.learners._multi_task_training import network

        weighs = self.weighing == "uncertainty" and len(widths) > 1
        plan = self._plan(len(y))
        return network(data, heads, self._body(heads.scores), plan, weighs=weighs, rng=rng, clock=clock)

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

    def _body(self, scores: int) -> Sequential:
        """The trunk, and as its last layer the heads side by side."""
        trunk = [
            layer
            for _ in range(self.layers)
            for layer in (Dense(self.width, start="he"), Activation("relu"), Dropout(self.dropout))
        ]
        return Sequential((*trunk, Dense(scores)))


def _widths(data: Examples) -> tuple[int, ...]:
    """Scores of each target; a label has two, of no and of yes."""
    if data.task == "multitask":
        return tuple(int(width) for width in data.levels)
    each = 2 if data.task == "multilabel" else 1
    return tuple(each for _ in data.y.T)


def _kept(data: Examples, widths: tuple[int, ...]) -> Array:
    """The columns that predictions have: of labels that of yes."""
    return np.arange(1, sum(widths), 2) if data.task == "multilabel" else np.arange(sum(widths))


def _only(data: Examples, target: int) -> Examples:
    """One target, in the rows that have it; nothing to stop on where none of those have."""
    known = ~np.isnan(data.y[:, target])
    stop = None if data.stop is None else _only(data.stop, target)
    stop = stop if stop is not None and len(stop.y) else None
    y, levels, place = data.y[known][:, [target]], data.levels[target : target + 1], data.place_of(target)
    return replace(data, x=data.x[known], y=y, levels=levels, place=place, stop=stop)
