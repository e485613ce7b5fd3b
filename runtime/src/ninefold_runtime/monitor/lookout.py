"""Tests that may be looked at after every row: an alarm without a change is rare over all looks and columns together.

Each column is watched by several guards: one for the distribution of its values, one for missing values, one for
levels that are not listed, one for values outside the range of training. A guard ranks the new rows among training
and all new rows before them, and bets on the ranks (`bets`). Every block of rows a new bet of one unit is opened for
each way of betting and left to run: the sum of all that is then held grows, without a change, by one unit per block on
average, so that it first reaches N units after N blocks or more in the mean. After a change the bets opened then soon
hold fortunes.

The limit holds in finite samples and for any distribution, because the reference counts as rows like the new ones; it
asks that rows without change come in no order. Source: Shin, Ramdas, Rinaldo 2024 (e-detectors); Roberts 1966.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.drift import FLOORS, compare_tally
from ninefold_runtime.monitor.bets import Bets, counted, on_events, on_shape, ranked, ranked_events, winnings
from ninefold_runtime.monitor.counts import Counts
from ninefold_runtime.monitor.recent import LOT, Recent
from ninefold_runtime.monitor.report import Alarm
from ninefold_runtime.sketch import Levels, Numbers
from ninefold_runtime.tally import MISSING, Key, Watched

Array = NDArray[Any]
BLOCK = 25
"""Rows between two looks."""
QUIET = 100_000
"""Rows from one false alarm to the next, at least and in the mean."""
LEAST = 50
"""Rows of training without which a column is not watched."""
_MOST = 1e200
Test = Literal["distribution", "missing share", "unlisted share", "outside the range"]


@dataclass(frozen=True)
class Seen:
    """A chunk of N rows of one column: the cell of each, and which lie outside the range of training."""

    cells: Array
    outside: Array


@dataclass(frozen=True, eq=False)
class Guard:
    """One test of one column; ``held`` are the rows of training by cell."""

    watched: Watched
    test: Test
    held: Array

    def cells(self, seen: Seen) -> Array:
        """[N] where this guard sees each row, -1 for a row that is not its business. An event is cell 0."""
        if self.test == "distribution":
            return seen.cells
        if self.test == "missing share":
            return np.where(seen.cells == MISSING, 0, 1)
        event = seen.outside if self.test == "outside the range" else seen.cells == self.watched.width - 1
        return np.where(seen.cells == MISSING, -1, np.where(event, 0, 1))


class Kept(msgspec.Struct, frozen=True):
    """What the guards of one kind know, as plain numbers; see `_Watch`."""

    held: list[list[int]]
    fortunes: list[list[float]]
    since: list[int]
    off: list[bool]


class _Watch(ABC):
    """Guards that bet alike. ``fortunes`` [guards, bets], ``held``: of each guard the rows among which it ranks,
    ``since``: the row from which a change, if there is one, has been told, ``off``: which have gone off."""

    def __init__(self, guards: Sequence[Guard], bets: Bets) -> None:
        self.guards, self.bets = guards, bets
        self.held: list[Array] = [guard.held for guard in guards]
        self.fortunes = np.zeros((len(guards), len(bets.logs)))
        self.since = np.zeros(len(guards), np.int64)
        self.off = np.zeros(len(guards), np.bool_)

    @abstractmethod
    def _ranks(self, cells: Array, rng: np.random.Generator) -> Array: ...

    def look(self, cells: Array, rows: int, limit: float, rng: np.random.Generator) -> None:
        """``cells`` [guards, blocks, `BLOCK`] after ``rows`` rows; ``limit`` is the fortune of an alarm."""
        won = winnings(self.bets, self._ranks(cells, rng), cells >= 0)
        for block in range(won.shape[1]):
            self.fortunes = np.minimum((self.fortunes + 1) * won[:, block], _MOST)
            self.since[self.evidence < math.sqrt(limit)] = rows + (block + 1) * BLOCK
        self.held = [
            held + counted(new.ravel() + 1, len(held) + 1)[1:] for held, new in zip(self.held, cells, strict=True)
        ]

    @property
    def evidence(self) -> Array:
        """[guards] the fortune in the mean over all ways of betting."""
        return np.asarray(self.fortunes.mean(axis=1))

    def keep(self) -> Kept:
        held = [each.tolist() for each in self.held]
        return Kept(held, self.fortunes.tolist(), self.since.tolist(), self.off.tolist())

    def resume(self, kept: Kept) -> None:
        pairs = zip(kept.held, self.held, strict=True)
        self.held = [np.array(each, np.int64).reshape(held.shape) for each, held in pairs]
        self.fortunes = np.array(kept.fortunes, np.float64).reshape(self.fortunes.shape)
        self.since = np.array(kept.since, np.int64).reshape(self.since.shape)
        self.off = np.array(kept.off, np.bool_).reshape(self.off.shape)


class _Shapes(_Watch):
    def _ranks(self, cells: Array, rng: np.random.Generator) -> Array:
        each = [ranked(new, held, rng) for new, held in zip(cells, self.held, strict=True)]
        return np.array(each).reshape(cells.shape)


class _Events(_Watch):
    def _ranks(self, cells: Array, rng: np.random.Generator) -> Array:
        row = cells.reshape(len(cells), -1)
        held = np.array(self.held).reshape(len(cells), 2)
        return ranked_events(row == 0, row >= 0, held, rng).reshape(cells.shape)


class Lookout:
    """All guards over all columns. ``quiet``: see `QUIET`."""

    def __init__(self, watched: Sequence[Watched], quiet: int, seed: int = 0) -> None:
        guards = [guard for each in watched for guard in guards_of(each)]
        self._watches: tuple[_Watch, ...] = (
            _Shapes([guard for guard in guards if guard.test == "distribution"], on_shape()),
            _Events([guard for guard in guards if guard.test != "distribution"], on_events()),
        )
        self._share = BLOCK / max(1, len(guards))
        self._limit = quiet / self._share
        self._rng = np.random.default_rng(seed)
        self._recent = Recent()
        self._rows = 0
        self._waiting: dict[Key, Seen] = {}

    def look(self, seen: Mapping[Key, Seen], counts: Counts) -> tuple[Alarm, ...]:
        """Alarms that go off with these rows, which are counted in ``counts``: strong evidence, and a change that is
        large enough to matter among the rows since it began."""
        self._recent.add(counts)
        seen = {key: _joined(self._waiting.get(key), fresh) for key, fresh in seen.items()}
        rows = min((len(each.cells) for each in seen.values()), default=0)
        ready = rows - rows % BLOCK
        self._waiting = {key: Seen(each.cells[ready:], each.outside[ready:]) for key, each in seen.items()}
        for watch in self._watches if ready else ():
            cells = [_cells(guard, seen, ready) for guard in watch.guards]
            if cells:
                watch.look(np.array(cells).reshape(len(cells), -1, BLOCK), self._rows, self._limit, self._rng)
        self._rows += ready
        return tuple(alarm for watch in self._watches for alarm in self._alarms(watch))

    def _alarms(self, watch: _Watch) -> list[Alarm]:
        alarms, evidence = [], watch.evidence
        for place in np.flatnonzero((evidence >= self._limit) & ~watch.off).tolist():
            guard, since = watch.guards[place], int(watch.since[place])
            if self._matters(guard, since):
                watch.off[place] = True
                odds = float(evidence[place]) * self._share
                alarms.append(Alarm(guard.watched.name, guard.test, self._rows, since, odds))
        return alarms

    def _matters(self, guard: Guard, since: int) -> bool:
        counts = self._recent.latest(max(LOT, self._rows - since))
        tallies = counts.scores if guard.watched.score else counts.columns
        tests = compare_tally(guard.watched, tallies[guard.watched.name]).tests
        return any(test.name == guard.test and test.effect >= FLOORS[test.name] for test in tests)

    def keep(self) -> tuple[Kept, ...]:
        """What the guards know; rows that wait for a block to fill are let go."""
        return tuple(watch.keep() for watch in self._watches)

    def resume(self, kept: Sequence[Kept], rows: int) -> None:
        """Go on from what `keep` gave after ``rows`` rows.

        Raises:
            ValueError: when other guards kept it.
        """
        self._rows, self._waiting = rows, {}
        for watch, known in zip(self._watches, kept, strict=True):
            watch.resume(known)


def guards_of(watched: Watched) -> list[Guard]:
    """The guards of one column."""
    sketch, held = watched.sketch, dict[Test, list[int]]()
    if isinstance(sketch, Levels):
        listed = list(sketch.counts.values())
        held["distribution"] = [*listed, sketch.other]
        held["unlisted share"] = [sketch.other, sum(listed)]
    elif isinstance(sketch, Numbers):
        held["distribution"] = list(sketch.counts)
        if watched.ranged:
            held["outside the range"] = [0, sketch.present]
    if watched.gaps:
        held["missing share"] = [sketch.missing, sketch.present]
    enough = {test: rows for test, rows in held.items() if len(rows) > 1 and sum(rows) >= LEAST}
    return [Guard(watched, test, np.array(rows, np.int64)) for test, rows in enough.items()]


def _cells(guard: Guard, seen: Mapping[Key, Seen], rows: int) -> Array:
    """[rows] where a guard sees the first ones; a score that was not told is nobody's business."""
    told = seen.get(guard.watched.key)
    return np.full(rows, MISSING) if told is None else guard.cells(told)[:rows]


def _joined(waiting: Seen | None, fresh: Seen) -> Seen:
    if waiting is None:
        return fresh
    both = ((waiting.cells, fresh.cells), (waiting.outside, fresh.outside))
    return Seen(*(np.concatenate(pair) for pair in both))
