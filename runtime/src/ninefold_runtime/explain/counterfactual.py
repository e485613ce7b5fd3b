"""What would have to be otherwise for the graph to say otherwise (Wachter, Mittelstadt and Russell 2018).

Changes of one column are tried first, then of two, then of three, going on from those that came nearest to the goal
(a beam search); numbers are then moved back towards the row as far as the goal allows. Nothing is random. Every
answer was verified by the graph, and is the nearest found for the set of columns that it changes (Gower's distance,
in units of the background's spread), so that several answers differ in what they change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Ask, Asked
from ninefold_runtime.explain.changes import alternatives, between
from ninefold_runtime.explain.gower import Ruler, ruler
from ninefold_runtime.explain.rows import repeated

COUNT, CHANGES, MOST = 3, 3, 5_000
POINTS, FEWEST_POINTS = 12, 2
"""Values tried per column, fewer where there are many columns."""
BEAM, ALIKE = 12, 3
"""Changes to go on from, and how many of them may change the same columns."""
STEPS, FINER = 16, 2
"""Values between the row's and the found one that are tried at once, and how often."""
_HAIR = 1e-12

Short = Callable[[Arrays], Array]
"""How far each of N rows is from the goal, [N]: 0 or less where it is met."""
Changes = Mapping[str, object]


@dataclass(frozen=True)
class Counterfactual:
    """A ``row`` (columns of one entry) that meets the goal; ``said`` [K] by the graph.

    ``distance`` from the row asked about, ``unusual``: from the most similar row of the background; both Gower's, 0
    to 1.
    """

    row: Arrays
    changed: tuple[str, ...]
    distance: float
    unusual: float
    said: Array


@dataclass(frozen=True)
class Counterfactuals:
    """Fewest changes first, then nearest; none where none was ``found`` among the ``rows_asked`` rows tried, or where
    the row meets the goal ``already``."""

    found: tuple[Counterfactual, ...]
    rows_asked: int
    already: bool = False


def within(asked: Asked, output: int, low: float = -np.inf, high: float = np.inf) -> Short:
    """The goal that an output lies from ``low`` to ``high``."""

    def short(rows: Arrays) -> Array:
        said = asked.ask(rows)[:, output]
        return np.asarray(np.maximum(low - said, said - high))

    return short


def foremost(asked: Asked, output: int) -> Short:
    """The goal that an output is the greatest of all: the class that is most probable."""

    def short(rows: Arrays) -> Array:
        said = asked.ask(rows)
        return np.asarray(np.delete(said, output, axis=1).max(axis=1) - said[:, output] + _HAIR)

    return short


def decided(asked: Asked, decide: Ask, output: int) -> Short:
    """The goal that the graph itself decides for a class, at whatever threshold."""
    nearer = foremost(asked, output)

    def short(rows: Arrays) -> Array:
        said, met = nearer(rows), decide(rows) == asked.outputs[output]
        return np.where(met, np.minimum(said, 0.0), np.maximum(said, _HAIR))

    return short


def counterfactuals(
    asked: Asked,
    row: Arrays,
    short: Short,
    *,
    fixed: Collection[str] = (),
    count: int = COUNT,
    changes: int = CHANGES,
    most: int = MOST,
) -> Counterfactuals:
    """Up to ``count`` rows that meet the goal, each with at most ``changes`` columns changed and none of the ``fixed``
    ones. The graph is asked about at most ``most`` rows in search of them, and a few hundred to bring them nearer."""
    points = int(np.clip(most // (3 * max(len(asked.schema.names), 1)), FEWEST_POINTS, POINTS))
    search = _Search(asked, row, short, ruler(asked), most)
    if search.meets(row):
        return Counterfactuals((), search.rows_asked, already=True)
    met = search.through(alternatives(asked, row, fixed, points), changes, count)
    chosen = sorted(met.values(), key=lambda pair: (len(pair[1]), pair[0]))[:count]
    found = [search.told(search.nearer(each)) for _, each in chosen]
    return Counterfactuals(tuple(sorted(found, key=lambda c: (len(c.changed), c.distance))), search.rows_asked)


@dataclass
class _Search:
    """One search, which counts the rows it asks about."""

    asked: Asked
    row: Arrays
    short: Short
    ruler: Ruler
    most: int
    rows_asked: int = 0

    def meets(self, row: Arrays) -> bool:
        return bool(self._shorts(row)[0] <= 0)

    def through(
        self, options: Mapping[str, Array], changes: int, count: int
    ) -> dict[frozenset[str], tuple[float, Changes]]:
        """The nearest changes that meet the goal, with their distance, by the columns that they change."""
        met: dict[frozenset[str], tuple[float, Changes]] = {}
        beam: list[Changes] = [{}]
        for _ in range(changes):
            candidates = _extended(beam, options, met)[: self.most - self.rows_asked]
            if not candidates or len(met) >= count:
                break
            rows = self._rows(candidates)
            shorts, far = self._shorts(rows), self.ruler.distances(self.row, rows)
            for place in np.flatnonzero(shorts <= 0):
                columns = frozenset(candidates[place])
                if columns not in met or far[place] < met[columns][0]:
                    met[columns] = (float(far[place]), candidates[place])
            order = np.lexsort((-far, shorts))  # where nothing helps yet, go far: numbers are moved back later
            beam = _varied(candidates[place] for place in order if shorts[place] > 0)
        return met

    def nearer(self, changes: Changes) -> Changes:
        """The same columns changed by less, as far as the goal stays met."""
        best = dict(changes)
        for column in self.asked.schema.columns:
            if column.name not in best:
                continue
            near = self.row[column.name][:1]
            for _ in range(FINER):
                tried = between(self.asked, column, near, best[column.name], STEPS)
                if len(tried) < 2:
                    break
                good = self._shorts(self._rows([{**best, column.name: value} for value in tried.tolist()])) <= 0
                first = int(good.argmax())
                best[column.name] = tried.tolist()[first]
                near = tried[first - 1 : first] if first else near
        return best

    def told(self, changes: Changes) -> Counterfactual:
        """The changed row, with what the graph says of it."""
        row = self._rows([changes])
        unusual = float(self.ruler.distances(row, self.asked.background.columns).min())
        distance = float(self.ruler.distances(self.row, row)[0])
        names = tuple(name for name in self.asked.schema.names if name in changes)
        return Counterfactual(row, names, distance, unusual, self.asked.ask(row)[0])

    def _shorts(self, rows: Arrays) -> Array:
        shorts = self.short(rows)
        self.rows_asked += len(shorts)
        return shorts

    def _rows(self, candidates: Sequence[Changes]) -> dict[str, Array]:
        rows = repeated(self.row, len(candidates))
        for place, changes in enumerate(candidates):
            for name, value in changes.items():
                rows[name][place] = value
        return rows


def _extended(beam: Iterable[Changes], options: Mapping[str, Array], met: Collection[frozenset[str]]) -> list[Changes]:
    """Every one of these changes with one more column changed, each once.

    Columns of which some already reach the goal are left out: the rest of the change would be idle.
    """
    found: dict[frozenset[tuple[str, object]], Changes] = {}
    for changes in beam:
        for name, values in options.items():
            columns = frozenset((*changes, name))
            if name in changes or any(enough <= columns for enough in met):
                continue
            for value in values.tolist():
                longer = {**changes, name: value}
                found.setdefault(frozenset(longer.items()), longer)
    return list(found.values())


def _varied(candidates: Iterable[Changes]) -> list[Changes]:
    """The first of them to go on from, few of which change the same columns."""
    beam: list[Changes] = []
    alike: Counter[frozenset[str]] = Counter()
    for changes in candidates:
        alike[frozenset(changes)] += 1
        if alike[frozenset(changes)] <= ALIKE:
            beam.append(changes)
        if len(beam) == BEAM:
            break
    return beam
