"""Do intervals and sets hold the truth of sealed rows as often as they promise, and how wide are they?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from ninefold.core.behaviour import ClassPromise, Promise
from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled
from ninefold_runtime.conformal import Conformal

RESAMPLES = 200
BY_CLASS = 0.9
"""The level at which classes are looked at one by one."""


def read(path: Path | None) -> Conformal | None:
    """What training found, if anything."""
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=Conformal)


@dataclass(frozen=True)
class Check:
    """Intervals or sets as they were ``made``, held against the truth of sealed rows."""

    made: Conformal
    answers: Answers
    how: Resampling
    rng: np.random.Generator
    clock: Clock

    def promises(self, targets: tuple[str, ...]) -> tuple[Promise, ...]:
        """Every level, of every target; ``targets`` are named where there are several."""
        return tuple(
            Promise(level, *self._mean(held, self.how), *self._mean(size, self.how), target)
            for level in self.made.levels
            for target, held, size in self._held(targets, level)
        )

    def by_class(self, classes: tuple[str, ...]) -> tuple[ClassPromise, ...]:
        """The share of each class's rows whose set holds it; none where sets are not what is made."""
        if self.made.score is None or BY_CLASS not in self.made.levels:
            return ()
        right = self._right(BY_CLASS)
        found = []
        for code, name in enumerate(classes):
            among = self.answers.y == code
            if among.any():
                mean = self._mean(right[among], self.how.within(among))
                found.append(ClassPromise(name, BY_CLASS, int(among.sum()), *mean))
        return tuple(found)

    def _held(self, targets: tuple[str, ...], level: float) -> list[tuple[str, Array, Array]]:
        """Of each target its name, which rows' truth is held, and how wide or many what holds it is."""
        if self.made.score is not None:
            return [("", self._right(level), self.made.sets(self.answers.predictions, level).sum(axis=1))]
        low, high = self.made.intervals(self.answers.predictions, level)
        truth = self.answers.y.reshape(len(self.answers), -1)
        held, names = (low <= truth) & (truth <= high), targets or ("",)
        return [(name, held[:, part], (high - low)[:, part]) for part, name in enumerate(names)]

    def _right(self, level: float) -> Array:
        sets = self.made.sets(self.answers.predictions, level)
        return np.asarray(sets[np.arange(len(sets)), self.answers.y])

    def _mean(self, values: Array, how: Resampling) -> tuple[float, float, float]:
        """The mean with its interval."""

        def measure(index: Index) -> Array:
            return np.array([values[index].mean()])

        mean = float(values.mean())
        return mean, *how.interval(mean, resampled(measure, how, self.rng, self.clock, RESAMPLES)[:, 0])


def told(made: Conformal) -> str:
    """How they are made, in a sentence."""
    if made.score is not None:
        return f"Sets by {made.score.upper()} from {made.rows:,} out-of-fold predictions ({made.why})."
    bands = max(len(reach.edges) + 1 for reach in made.reaches)
    by = f", in {bands} bands of the predicted value" if bands > 1 else ""
    return f"Intervals from {made.rows:,} absolute out-of-fold errors{by}."
