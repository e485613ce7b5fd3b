"""What predictions said, counted so finely that scores can be made of the counts, with labels or without.

Classes: rows by question (see `Performance`), by whether the label said yes, and by the probability in `CELLS` cells
that are narrow near 0 and 1 (equal on the arcsine scale). Values: rows by bin of the predicted value. Counts of two
workers add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.model import Predictions
from ninefold_runtime.performance import MOST_CLASSES, Errors, Performance
from ninefold_runtime.schema import Target

CELLS = 64
_BORDERS = np.sin(np.pi / 2 * np.arange(1, CELLS) / CELLS) ** 2
Array = NDArray[Any]


@dataclass(frozen=True)
class Outcomes:
    """``counts`` by name. Of classes, each [Q, 2, CELLS]: ``rows``, ``sums`` of probabilities, and, with labels,
    ``hits`` where the answer is yes. Of values, each [B]: ``rows``, and, with labels, sums of the error's ``size``,
    ``square``, ``fourth`` power, and rows that are ``far`` off. ``wrong`` [1], with labels: wrong labels or far-off
    values."""

    counts: dict[str, Array]

    @property
    def rows(self) -> int:
        rows = self.counts["rows"]
        return int(rows[0].sum() if rows.ndim == 3 else rows.sum())

    @property
    def wrong(self) -> int:
        return int(self.counts["wrong"][0]) if "wrong" in self.counts else 0

    def plus(self, other: Outcomes) -> Outcomes:
        """The counts of both."""
        return Outcomes({name: counts + other.counts[name] for name, counts in self.counts.items()})

    def plain(self) -> dict[str, Any]:
        """As lists, for JSON."""
        return {name: counts.tolist() for name, counts in self.counts.items()}


def of_plain(plain: dict[str, Any]) -> Outcomes:
    """What `Outcomes.plain` gave.

    Raises:
        MonitorError: NF-R504 when it did not.
    """
    try:
        return Outcomes({str(name): np.array(counts, np.float64) for name, counts in plain.items()})
    except (TypeError, ValueError) as error:
        hint = "a damaged or foreign history: give another one"
        raise MonitorError("NF-R504", f"the history's counts cannot be read: {error}", hint=hint) from error


def outcomes(target: Target, performance: Performance, made: Predictions, truth: Array | None = None) -> Outcomes:
    """Count predictions; ``truth`` [N], where it is known, are labels (str) or values (float64)."""
    if performance.errors is not None:
        return of_values(performance.errors, made.predictions.astype(np.float64), truth)
    assert made.probabilities is not None
    return of_classes(target, made.probabilities, made.predictions.astype(str), truth)


def of_classes(target: Target, probabilities: Array, said: Array, truth: Array | None) -> Outcomes:
    """From probabilities [N, K] and labels [N]."""
    made = [_cells(*question) for question in questions(target, probabilities, said, truth)]
    counts = {name: np.stack([each[name] for each in made]) for name in made[0]} if made else {}
    if truth is not None:
        counts["wrong"] = np.array([np.count_nonzero(said != truth)], np.float64)
    return Outcomes(counts)


def questions(
    target: Target, chances: Array, said: Array, truth: Array | None
) -> list[tuple[Array, Array, Array | None]]:
    """Of each question the probability of yes [N], whether the label said yes, and whether it was yes."""

    def is_it(label: str, place: int) -> tuple[Array, Array, Array | None]:
        return chances[:, place], said == label, None if truth is None else truth == label

    classes = list(enumerate(target.classes))
    if target.task == "binary":
        return [is_it(label, place) for place, label in classes if label == target.positive]
    position = {label: place for place, label in classes}
    given = np.array([position[label] for label in said.tolist()], np.int64)
    sure = np.take_along_axis(chances, given[:, None], axis=1)[:, 0]
    right = sure, np.ones(len(said), bool), None if truth is None else said == truth
    return [right, *(is_it(label, place) for place, label in classes if len(classes) <= MOST_CLASSES)]


def _cells(chance: Array, said: Array, yes: Array | None) -> dict[str, Array]:
    place = np.searchsorted(_BORDERS, chance, side="right") + CELLS * said
    counted: dict[str, Array] = {
        "rows": np.bincount(place, minlength=2 * CELLS).astype(np.float64),
        "sums": np.bincount(place, chance, 2 * CELLS),
    }
    if yes is not None:
        counted["hits"] = np.bincount(place, yes.astype(np.float64), 2 * CELLS)
    return {name: counts.reshape(2, CELLS) for name, counts in counted.items()}


def of_values(errors: Errors, predicted: Array, truth: Array | None) -> Outcomes:
    width = len(errors.edges) + 1
    place = np.searchsorted(np.array(errors.edges), predicted, side="right")
    counts: dict[str, Array] = {"rows": np.bincount(place, minlength=width).astype(np.float64)}
    if truth is not None:
        off = np.abs(truth.astype(np.float64) - predicted)
        far = off > np.array(errors.far)[place]
        amounts = {"size": off, "square": off**2, "fourth": off**4, "far": far.astype(np.float64)}
        counts |= {name: np.bincount(place, amount, width) for name, amount in amounts.items()}
        counts["wrong"] = np.array([np.count_nonzero(far)], np.float64)
    return Outcomes(counts)
