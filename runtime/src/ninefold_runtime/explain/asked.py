"""What every explanation may use: the graph as a function of raw columns, and rows to compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ninefold_runtime.conformal import Conformal
from ninefold_runtime.schema import Schema

Array = NDArray[Any]
Arrays = Mapping[str, Array]
"""Wired columns by name, each [N], as `ninefold_runtime.intake.wired` makes them."""
Ask = Callable[[Arrays], Array]
"""Wired columns of N rows to what the graph says of them: float64 [N, K]."""


@dataclass(frozen=True)
class Background:
    """Made-up rows that stand for the training rows: wired ``columns`` [B] each, and ``weights`` [B] that sum to 1."""

    columns: Arrays
    weights: Array

    def __len__(self) -> int:
        return len(self.weights)


@dataclass(frozen=True)
class Parts:
    """What N rows' answers [N, K] consist of: ``base`` [K], what each of C raw columns adds, ``amounts`` [N, K, C], and
    the ``rest`` [N, K], which belongs to no column; together they are the answer.

    ``explained`` is the share of the ensemble's weight whose members tell what columns add.
    """

    base: Array
    amounts: Array
    rest: Array
    explained: float


@dataclass(frozen=True)
class PlaceMaps:
    """What h x w places of the image in ``column`` give to each output, ``maps`` [K, h, w]; ``base`` [K] and the sum of
    a map are the score of the one network that tells it, which has the share ``explained`` of the ensemble's weight."""

    column: str
    maps: Array
    base: Array
    explained: float


@dataclass(frozen=True)
class SaidWord:
    """A word of an answer, with the marks behind it. ``owes``: the words without which its probability falls,
    in their order, by ``loss`` at most; "" where no single word matters."""

    text: str
    owes: str
    loss: float


@dataclass(frozen=True)
class Owed:
    """``text`` was asked, ``said`` is the answer, "" where that is "none", with the probability ``value``; ``base`` is
    that without any word. ``losses``: where each word of the text begins and ends, and what the probability loses
    without it. Of translations the probability is the mean one (geometric) of a token, and ``words`` are those said."""

    text: str
    said: str
    value: float
    base: float
    losses: Sequence[tuple[tuple[int, int], float]]
    words: tuple[SaidWord, ...] = ()


Split = Callable[[Arrays], Parts]
"""Wired columns of N rows to the parts of what the graph says of them."""
Maps = Callable[[Arrays], PlaceMaps]
"""Wired columns of one row to what places of its image give."""
Owing = Callable[[Arrays], Owed]
"""Wired columns of one row to what is said of it in words, and what that owes to each word."""


@dataclass(frozen=True)
class Asked:
    """A graph that is asked. ``outputs`` names the K columns of what it says: classes, targets, quantiles, or one.

    ``split`` tells the parts of its answers, where the bundle can.
    """

    schema: Schema
    ask: Ask
    outputs: tuple[str, ...]
    background: Background
    decide: Ask | None = None
    """What is decided of each row, [N] or [N, T]: labels as the graph gives them, where it gives any."""
    conformal: Conformal | None = None
    """What intervals or sets are made from, where the bundle has it."""
    split: Split | None = None
    maps: Maps | None = None
    """What places of an image give, where a network in the bundle can tell."""
    owing: Owing | None = None
    """What an answer in words owes to those it was asked with, where the bundle gives such answers."""
