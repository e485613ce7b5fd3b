"""The error of a learner in parts: what it gets wrong on average (bias), and how it differs from training set to
training set (variance).

Training sets are drawn from one by bootstrap. For classes the loss is 0-1 and the main prediction is the mode over the
rounds (Domingos 2000): bias is the error of the main prediction, variance how often a round departs from it, and the
loss need not be their sum, since a departure from a wrong main prediction can be right. For values the loss is the
squared error and the main prediction the mean (Geman, Bienenstock and Doursat 1992): loss = bias + variance, and where
the truth without noise is known, the noise is told apart from the bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ninefold.core.results import Decomposition
from ninefold.core.table import Array

Draw = NDArray[np.int64]
"""Positions of the rows to learn from; a row may come more than once."""


def bootstraps(rows: int, rounds: int, rng: np.random.Generator) -> Iterator[Draw]:
    """``rounds`` draws of ``rows`` positions with replacement."""
    for _ in range(rounds):
        yield rng.integers(rows, size=rows)


def said(fit_predict: Callable[[Draw], Array], draws: Iterable[Draw]) -> Array:
    """[R, N]: codes or values that a learner says of the same N rows, fitted on each of R draws."""
    return np.array([fit_predict(draw) for draw in draws])


def zero_one(said: Array, y: Array) -> Decomposition:
    """The parts of the 0-1 loss; ``said`` [R, N] and ``y`` [N] are class codes. Ties go to the lower code."""
    main = np.argmax([(said == code).sum(axis=0) for code in range(int(said.max()) + 1)], axis=0)
    return Decomposition("0-1", _mean(said != y), _mean(main != y), _mean(said != main), rounds=len(said))


def squared(said: Array, y: Array, truth: Array | None = None) -> Decomposition:
    """The parts of the squared error; ``said`` [R, N], ``y`` [N] are values, ``truth`` [N] their means without noise.

    Where the truth is not known, the noise is counted as bias.
    """
    main = said.mean(axis=0)
    noise = 0.0 if truth is None else _mean((y - truth) ** 2)
    bias = _mean((main - (y if truth is None else truth)) ** 2)
    return Decomposition("squared", _mean((said - y) ** 2), bias, _mean((said - main) ** 2), noise, len(said))


def sentence(found: Decomposition) -> str:
    """The parts in words, and what the larger one asks for."""
    told = (
        f"{found.title} over {found.rounds} bootstraps: {found.loss_kind} loss {found.loss:.3g}, "
        f"bias {found.bias:.3g}, variance {found.variance:.3g}."
    )
    if found.variance > found.bias:
        return f"{told} Variance outweighs bias: averaging, regularising, or more rows would help most."
    return (
        f"{told} Bias, which here includes noise, outweighs variance: other columns or a more flexible learner would."
    )


def _mean(values: Array) -> float:
    return float(np.mean(values))
