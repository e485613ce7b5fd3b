"""How networks learned, and what goes on in their layers: what the report shows of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    Number = float
else:
    Number = float | None
    """As JSON has it, which writes NaN as null; `Epoch` makes null NaN again."""


JOURNAL = "journal.jsonl"
"""The file in the place of a fit that goes on."""


@dataclass(frozen=True)
class Epoch:
    """One line of the journal that the training loop writes: the mean ``loss`` of the batches, what was ``watched`` on
    the stopping rows, the learning ``rate``, and the norm of the last batch's gradient by weight."""

    epoch: int
    loss: Number
    rate: float
    watched: dict[str, Number]
    gradients: dict[str, Number]

    def __post_init__(self) -> None:
        object.__setattr__(self, "loss", _number(self.loss))
        for name in ("watched", "gradients"):
            object.__setattr__(self, name, {key: _number(value) for key, value in getattr(self, name).items()})


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def read(journal: Path) -> tuple[Epoch, ...]:
    """All epochs of a journal; none where there is none."""
    lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    return tuple(msgspec.json.decode(line, type=Epoch) for line in lines)


@dataclass(frozen=True)
class Training:
    """The fit of a trial on the first fold."""

    trial: int
    title: str
    weight: float
    """Of the trial in the ensemble."""
    epochs: tuple[Epoch, ...]

    @property
    def best(self) -> int:
        """The epoch whose weights were kept: that of the lowest loss on the stopping rows, or the last."""
        watched = [each for each in self.epochs if "loss" in each.watched]
        return min(watched, key=lambda each: each.watched["loss"]).epoch if watched else self.epochs[-1].epoch

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers with weights, from the first to the last; what is learned beside them is in none."""
        names = dict.fromkeys(layer_of(name) for each in self.epochs for name in each.gradients)
        return tuple(name for name in names if name)

    def gradient(self, layer: str) -> tuple[float, ...]:
        """The norm of a layer's gradient, epoch by epoch."""
        return tuple(_norm([g for name, g in e.gradients.items() if layer_of(name) == layer]) for e in self.epochs)


def layer_of(weight: str) -> str:
    return weight.rpartition(".")[0]


def _norm(norms: Sequence[float]) -> float:
    return math.sqrt(sum(norm**2 for norm in norms))


@dataclass(frozen=True)
class LayerOutput:
    """What comes out of a layer for the sealed rows: ``silent`` units give every row the same, ``zeros`` is the share
    of outputs that are 0, ``spread`` their standard deviation."""

    name: str
    units: int
    silent: int
    zeros: float
    spread: float


@dataclass(frozen=True)
class Inside:
    """``layers`` are those of the network with most weight in the ensemble, ``title`` its name; ``groups`` are what the
    points of its map are coloured by, in the order of their codes."""

    trainings: tuple[Training, ...] = ()
    title: str = ""
    layers: tuple[LayerOutput, ...] = ()
    groups: tuple[str, ...] = ()
