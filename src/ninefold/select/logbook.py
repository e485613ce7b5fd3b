"""The search's own records in the run's journal: trials as they start, folds as they are fitted, trials as they end."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from ninefold.core.book import Context
from ninefold.core.protocols import FitDone
from ninefold.core.workshop import Workshop
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Entry


@dataclass(frozen=True)
class Head:
    """``inputs``: digest of the nouns the search was started from; another digest makes the records worthless."""

    inputs: str
    folds: int


@dataclass(frozen=True)
class Begun:
    """A trial has its number and what it tries."""

    id: int
    candidate: Candidate


@dataclass(frozen=True)
class Ended:
    """``spent``: seconds of the run's budget used when the trial ended."""

    id: int
    state: str
    why: str
    spent: float


class Logbook:
    """Writes each step down before the search goes on. ``inputs`` is the digest of the nouns, ``folds`` the plan's."""

    def __init__(self, context: Context, inputs: str, folds: int) -> None:
        self._journal, self._clock = context.journal, context.clock
        self._workshop = Workshop(context.run)
        self.entries = self._replayed(Head(inputs, folds))
        """Entries of an earlier, interrupted search for the same inputs, in order."""

    def begin(self, entry: Entry) -> None:
        self._journal.add("begun", Begun(entry.id, entry.candidate))

    def fitted(self, answer: FitDone) -> None:
        self._journal.add("fitted", answer)

    def end(self, entry: Entry) -> None:
        self._journal.add("ended", Ended(entry.id, entry.state, entry.why, self._clock.spent))

    def _replayed(self, head: Head) -> list[Entry]:
        heads = self._journal.read("head", Head)
        if heads != [head]:
            self._journal.clear()
            shutil.rmtree(self._workshop.views, ignore_errors=True)  # fitted for other inputs
            self._journal.add("head", head)
            return []
        entries = {b.id: Entry(b.id, b.candidate, head.folds) for b in self._journal.read("begun", Begun)}
        for answer in self._journal.read("fitted", FitDone):
            if answer.fold is not None and answer.state == "ok" and self._has_predictions(answer):
                entries[answer.trial].asked.add(answer.fold)
                entries[answer.trial].record(answer)
        for ended in self._journal.read("ended", Ended):
            entries[ended.id].state, entries[ended.id].why = ended.state, ended.why
        return list(entries.values())

    def _has_predictions(self, answer: FitDone) -> bool:
        return answer.fold is not None and self._workshop.predictions(answer.trial, answer.fold).exists()
