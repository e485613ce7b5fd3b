"""Whose turn it is: learners share the time in proportion to what they promise and to what they have shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.parts import Value
from ninefold.core.protocols import TABLES, Card
from ninefold.select.candidates import Candidate, drawn, portfolio
from ninefold.select.trials import Entry, best_first
from ninefold_runtime.schema import Column, Kind

BASELINE = "baseline"
CARD_CELLS = 200_000
"""Rows times columns that the seconds on a card speak of."""
STEEP = 12.0
"""A learner whose best loss is a twelfth worse than the best of all has its share of the time divided by e."""
TINY = 1e-3
LEAST_FOLD = 0.05
"""Seconds that a fold counts at least, as asking for one costs as well."""
DRAWS = 8
"""Settings drawn for a learner at most, for each setting it has: one number is soon known well enough."""
SELDOM = 0.1
"""Learners that keep training rows seldom may ship, so that their share is divided by ten."""


MADE: dict[Kind, int] = {"image": 500, "series": 25}
"""About as many columns as the views of tables have of one of these."""


@dataclass(frozen=True)
class Wider:
    """What learners of the views of tables have to do with for each column of the table: ``columns``; and boosters,
    which grow a tree for each class in a round, for each of ``classes`` as well. Of tables without images and series
    the seconds on the cards are told as they are."""

    columns: float = 1.0
    classes: int = 1

    @classmethod
    def of(cls, columns: Sequence[Column], outputs: int) -> Wider:
        made = sum(MADE.get(column.kind, 1) for column in columns)
        return cls(made / len(columns), outputs) if made > len(columns) else cls()

    def times(self, card: Card) -> float:
        """How many times the seconds on its card a learner takes."""
        if card.view not in TABLES:
            return 1.0
        return self.columns * (self.classes if card.family == "boosting" else 1)


class Turns:
    """Stride scheduling (Waldspurger and Weihl 1995): next is the learner whose time so far, with one more fold, is
    the smallest in proportion to its weight. ``timed``: time as measured; else as the cards say, which is the same on
    every machine. ``planned`` are the only candidates, by learner; else each learner's portfolio, then what is drawn.
    """

    def __init__(
        self,
        learners: Mapping[str, type[Any]],
        cells: int,
        *,
        timed: bool,
        allow_rows: bool,
        wider: Wider = Wider(),
        needed: Mapping[str, Value] | None = None,
        planned: Mapping[str, Sequence[Candidate]] | None = None,
    ) -> None:
        self._learners, self._scale, self._timed = learners, cells / CARD_CELLS, timed
        self._allow_rows, self._wider, self._draws = allow_rows, wider, planned is None
        self._portfolio = planned or {name: portfolio(name, part, needed) for name, part in learners.items()}

    def order(self, entries: Sequence[Entry]) -> list[str]:
        """The learners, the one whose turn it is first; the baseline opens, and one that needs what was wished for by
        name comes next: that wish is not to be passed over when the time is short."""
        if not entries:
            return sorted(self._learners, key=lambda name: name != BASELINE)
        own = {name: [entry for entry in entries if entry.candidate.learner == name] for name in self._learners}
        merit = _merits(own)
        wished = {name for name, part in self._learners.items() if part.card.needs and not own[name]}
        return sorted(
            self._learners, key=lambda name: (name not in wished, self._stride(name, own[name], merit[name]), name)
        )

    def expected(self, name: str, own: Sequence[Entry]) -> float:
        """Seconds that one more fold of the learner would take: what its folds took, else what its card says."""
        done = [answer.seconds for entry in own for answer in entry.done.values() if answer.state == "ok"]
        if done and self._timed:
            return float(np.mean(done))
        card = self._learners[name].card
        return self._scale * float(card.seconds) * self._wider.times(card)

    def candidate(self, name: str, entries: Sequence[Entry], rng: np.random.Generator) -> Candidate | None:
        """The learner's next candidate: from its portfolio, then drawn near its best; None where there is none new."""
        tried = [entry.candidate for entry in entries]
        for planned in self._portfolio[name]:
            if planned not in tried:
                return planned
        if not self._draws:
            return None
        best = [entry.candidate for entry in best_first(entries) if entry.candidate.learner == name]
        own = sum(candidate.learner == name for candidate in tried)
        if not best or own > len(self._portfolio[name]) + DRAWS * len(best[0].settings):
            return None
        for _ in range(20):
            if (new := drawn(best, self._learners[name], rng)) not in tried:
                return new
        return None

    def _stride(self, name: str, own: Sequence[Entry], merit: float) -> float:
        card = self._learners[name].card
        weight: float = card.promise * merit * (SELDOM if card.keeps_rows and not self._allow_rows else 1.0)
        fold = max(self.expected(name, own), LEAST_FOLD)
        spent = sum(self._spent(entry, fold) for entry in own)
        return (spent + fold) / max(weight, 1e-9)

    def _spent(self, entry: Entry, fold: float) -> float:
        running = fold * (len(entry.asked) - len(entry.done))
        return running + (max(entry.seconds, LEAST_FOLD * len(entry.done)) if self._timed else fold * len(entry.done))


def _merits(own: Mapping[str, Sequence[Entry]]) -> dict[str, float]:
    """1 for the best learner, less the further a learner's best trial is behind; 1 for those without a trial."""
    losses = {name: min((e.mean_loss for e in entries if e.losses), default=None) for name, entries in own.items()}
    known = [loss for loss in losses.values() if loss is not None]
    best, worst = min(known, default=0.0), losses.get(BASELINE)
    if worst is None or worst <= best:
        return dict.fromkeys(own, 1.0)
    return {
        name: 1.0 if loss is None else float(np.exp(-STEEP * max(0.0, loss - best) / (best + TINY * (worst - best))))
        for name, loss in losses.items()
    }
