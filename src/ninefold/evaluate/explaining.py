"""Shapley values over sealed rows, and three rows told: as many as a share of the time left allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ninefold.core.book import Context
from ninefold.core.clock import NEVER, Clock
from ninefold.core.explained import Dependence, Explained, Share
from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.diagnosis.intervals import NORMAL
from ninefold.evaluate.subject import Subject
from ninefold.evaluate.telling import told_rows
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.shapley import Shapley, shapley, thinned

ROWS, FEWEST = 100, 15
"""Rows that are explained, at most; with fewer the means would say little."""
COMPARED, FEWEST_COMPARED = 50, 10
"""Made-up rows that each is compared with."""
MOST_WORK = 60_000
"""Answers of the graph in all, where no clock bounds it."""
TELLING = 5_000
"""Answers of the graph for each row that is told, at most: a third of all go to the three rows."""
SHARE = 0.3
"""Share of the time left that explaining may take."""
SHOWN = 3
"""Columns whose dependence is shown."""


def explain_rows(subject: Subject | None, rng: np.random.Generator, context: Context) -> Explained | None:
    """Within a share of the time left; None where there is nothing to compare with, or no time."""
    if subject is None:
        return None
    clock = context.share(SHARE)
    return explained(subject, rng, clock, lambda done: context.progress("explaining sealed rows", 0.8 + 0.1 * done))


def explained(
    subject: Subject, rng: np.random.Generator, clock: Clock, progress: Callable[[float], None]
) -> Explained | None:
    """None where the time does not allow `FEWEST` rows."""
    work = _affordable(subject.asked, clock)
    each = 2 * max(len(subject.asked.schema.names) - 1, 1)
    told = min(TELLING, work // 9)
    work -= 3 * told
    count = min(ROWS, len(subject.rows))
    compared = int(np.clip(work // (each * count), FEWEST_COMPARED, COMPARED))
    few = thinned(subject.asked.background, compared)
    count = int(min(count, work // (each * len(few))))
    if count < min(FEWEST, len(subject.rows)):
        return None
    less = Asked(subject.asked.schema, subject.asked.ask, subject.asked.outputs, few)
    places = np.sort(rng.choice(len(subject.rows), size=count, replace=False))
    found: list[Shapley] = []
    for number, place in enumerate(places.tolist()):
        if found and clock.left <= 0:
            break
        found.append(shapley(less, subject.row(place), most=each * len(few), seed=place))
        progress((number + 1) / count)
    return _explained(subject, places[: len(found)], found, len(few), told)


def _affordable(asked: Asked, clock: Clock) -> int:
    """Answers that the graph gives in half of the time, by its pace on the background; the rest is for what is around
    them."""
    if clock.left == NEVER:
        return MOST_WORK
    started = time.monotonic()
    asked.ask(asked.background.columns)
    pace = (time.monotonic() - started) / len(asked.background)
    return int(min(max(clock.left, 0.0) / 2 / pace, 10 * MOST_WORK))


def _explained(subject: Subject, places: Array, found: Sequence[Shapley], compared: int, told: int) -> Explained:
    asked = subject.asked
    amounts = np.stack([each.amounts for each in found])
    units = _units(subject, np.stack([each.value for each in found]))
    spoken = _spoken(subject.problem, len(asked.outputs))
    shares = _shares(asked.schema.names, np.abs(amounts / units).mean(axis=2))
    told_ones = told_rows(subject, told)
    return Explained(
        scale="spreads" if (units != 1).any() else scale_of(asked.schema.target),
        outputs=asked.outputs,
        base=tuple((asked.background.weights @ asked.ask(asked.background.columns)).tolist()),
        shares=shares,
        spoken="" if spoken is None else asked.outputs[spoken],
        dependences=() if spoken is None else tuple(_dependences(subject, places, amounts[:, :, spoken], shares)),
        told=told_ones,
        rows=len(found),
        background=compared,
        off=max(each.off for each in found),
        error=float(max(each.errors.max(initial=0.0) for each in found)),
    )


def _units(subject: Subject, said: Array) -> Array:
    """[K]: what amounts are divided by before they are averaged over outputs: targets may differ in units."""
    spreads = said.std(axis=0)
    several = subject.problem.task in {"multioutput", "multitask"}
    return np.asarray(np.where(spreads > 0, spreads, 1.0) if several else np.ones(said.shape[1]))


def _spoken(problem: Problem, outputs: int) -> int | None:
    """The output that stands for the answer: the only one, the positive class, or the middle quantile."""
    if outputs == 1 or problem.task == "binary":
        return outputs - 1
    return outputs // 2 if problem.task == "quantile" else None


def _shares(names: Sequence[str], sizes: Array) -> tuple[Share, ...]:
    """``sizes`` [rows, C] are of each row's contributions."""
    means = sizes.mean(axis=0)
    halves = NORMAL * sizes.std(axis=0, ddof=min(1, len(sizes) - 1)) / np.sqrt(len(sizes))
    made = [
        Share(name, mean, max(mean - half, 0.0), mean + half)
        for name, mean, half in zip(names, means.tolist(), halves.tolist(), strict=True)
    ]
    return tuple(sorted(made, key=lambda share: -share.mean))


def _dependences(subject: Subject, places: Array, amounts: Array, shares: Sequence[Share]) -> Iterator[Dependence]:
    """Of the columns with the largest shares, all rows whose cell is not missing."""
    names = subject.asked.schema.names
    for share in shares[:SHOWN]:
        column = subject.asked.schema.columns[names.index(share.column)]
        if not share.mean or column.kind in {"text", "id", "image", "series"}:
            continue
        pairs = zip(subject.rows.columns[column.name][places], amounts[:, names.index(column.name)], strict=True)
        known = [(cell(column, value), float(amount)) for value, amount in pairs if cell(column, value) is not None]
        if known:
            x, y = zip(*known, strict=True)
            yield Dependence(column.name, x if column.kind == "number" else tuple(map(_word, x)), y)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
