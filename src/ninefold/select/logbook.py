"""The search's own records in the run's journal: trials as they start, folds as they are fitted, trials as they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.core.book import Context
from ninefold.core.intact import intact
from ninefold.core.protocols import FitDone
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Ending, Entry

FORMAT = 2


@dataclass(frozen=True)
class Head:
    """``inputs``: digest of the nouns the search was started from; another digest makes the records worthless, and so
    does another ``format``."""

    inputs: str
    folds: int
    format: int = 1


@dataclass(frozen=True)
class Begun:
    """A trial has its number and what it tries."""

    id: int
    candidate: Candidate


@dataclass(frozen=True)
class Ended:
    """``spent``: seconds of the run's budget used when the trial ended; ``folds``: how many it was scored on."""

    id: int
    state: str
    why: str
    spent: float
    folds: int


class Logbook:
    """Writes each step down before the search goes on. ``inputs`` is the digest of the nouns, ``folds`` the plan's."""

    def __init__(self, context: Context, inputs: str, folds: int) -> None:
        self._journal, self._clock = context.journal, context.clock
        self._run = context.run
        self.entries = self._replayed(Head(inputs, folds, FORMAT))
        """Entries of an earlier, interrupted search for the same inputs, in order."""

    def begin(self, entry: Entry) -> None:
        self._journal.add("begun", Begun(entry.id, entry.candidate))

    def fitted(self, answer: FitDone) -> None:
        self._journal.add("fitted", answer)

    def end(self, entry: Entry) -> None:
        self._journal.add("ended", Ended(entry.id, entry.state, entry.why, self._clock.spent, len(entry.losses)))

    def _replayed(self, head: Head) -> list[Entry]:
        heads = self._journal.read("head", Head)
        if heads != [head]:
            return self._anew(head)
        begun = {b.id: b.candidate for b in self._journal.read("begun", Begun)}
        known = next(number for number in range(len(begun) + 1) if number not in begun)
        self._journal.keep(lambda kind, record: _of(kind, record) < known)
        entries = [Entry(number, begun[number], head.folds) for number in range(known)]
        for answer in self._journal.read("fitted", FitDone):
            if answer.fold is not None and intact(answer.files, self._run):
                entries[answer.trial].asked.add(answer.fold)
                entries[answer.trial].record(answer)
        for ended in self._journal.read("ended", Ended):
            entries[ended.id].end_as(Ending(ended.state, ended.why, ended.folds))
        if not entries or any(entry.losses or not entry.state for entry in entries):
            return entries
        return self._anew(head)

    def _anew(self, head: Head) -> list[Entry]:
        """Also where every trial failed, as may be when memory ran out: whoever resumes has changed something."""
        self._journal.clear()
        self._journal.add("head", head)
        return []


def _of(kind: str, record: dict[str, Any]) -> int:
    """The trial that a record is about. A trial whose beginning is lost ends the record: numbers must not be used
    for another."""
    return int(record["trial" if kind == "fitted" else "id"]) if kind in {"begun", "fitted", "ended"} else -1
