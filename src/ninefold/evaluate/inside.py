"""Networks looked into: the journals of their trainings, and what their layers make of the sealed rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.inside import Inside, LayerOutput, Training, read
from ninefold.core.problem import Problem
from ninefold.core.results import Map
from ninefold.core.table import Array
from ninefold.core.workshop import INSIDE, Workshop
from ninefold.evaluate.case import Case
from ninefold.evaluate.maps import maps
from ninefold.evaluate.members import asked, members_with

SHOWN = 2
"""Trainings that are shown."""
ROWS = 2_000
"""Sealed rows that are sent through the layers."""
SILENT = 1e-7
"""Outputs of a unit that differ less, in units of the layer's largest, are the same."""
BANDS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
SHARE = 0.1
"""Of the time left that a map may take."""


def inside_of(case: Case) -> tuple[Inside | None, tuple[Map, ...]]:
    """The trainings of the networks that weigh most, else of the best ones, and the layers and the map of the one that
    weighs most; nothing where there is no network."""
    trainings = tuple(_trainings(case, Workshop(case.context.run)))[:SHOWN]
    member = next(members_with(case, INSIDE), None)
    if member is None:
        return (Inside(trainings) if trainings else None), ()
    title, folder = member
    some = case.rows.take(np.arange(0, len(case.rows), -(-len(case.rows) // ROWS)))
    found = asked(folder, INSIDE, some)
    codes, groups = _groups(case.problem, some.target)
    last = list(found.values())[-1].reshape(len(some), -1).astype(np.float64)
    known = codes >= 0
    clock = Clock(min(SHARE * case.context.clock.left, 60.0))
    drawn = maps(last[known], codes[known], case.problem.seed, clock, timed=False) if known.any() else ()
    layers = tuple(_measured(name, values) for name, values in found.items())
    return Inside(trainings, title, layers, groups), drawn


def _trainings(case: Case, workshop: Workshop) -> Iterator[Training]:
    board = case.leaderboard
    known = [trial for trial in board.trials if trial.scores]
    for trial in sorted(known, key=lambda t: (-board.weights.get(t.id, 0.0), t.loss or 0.0)):
        epochs = read(workshop.journal(trial.id, 0))
        if len(epochs) > 1:
            yield Training(trial.id, trial.title, board.weights.get(trial.id, 0.0), epochs)


def _measured(name: str, values: Array) -> LayerOutput:
    """Units are the columns of [N, D], the last axis of sequences [N, T, D], the channels of images [N, C, H, W]."""
    units = np.moveaxis(values, 1, -1) if values.ndim == 4 else values
    flat = units.reshape(-1, units.shape[-1])
    size = float(np.abs(flat).max()) or 1.0
    silent = int((np.ptp(flat, axis=0) <= SILENT * size).sum())
    return LayerOutput(name, flat.shape[1], silent, float((flat == 0).mean()), float(flat.std()))


def _groups(problem: Problem, target: Array) -> tuple[Array, tuple[str, ...]]:
    """A code for each row and what it means: its class, or the quarter that its value lies in; of several targets by
    the first category, else by the first. -1 where that is not known."""
    if problem.classes:
        return target.astype(np.int64), problem.classes
    y = target if target.ndim == 1 else target[:, 0]
    if problem.labels:
        return y.astype(np.int64), problem.labels[0]
    place = next((t for t, classes in enumerate(problem.choices) if classes), None)
    if place is not None:
        return np.nan_to_num(target[:, place], nan=-1).astype(np.int64), problem.choices[place]
    known = ~np.isnan(y)
    edges = np.quantile(y[known], (0.25, 0.5, 0.75)) if known.any() else np.zeros(3)
    return np.where(known, np.searchsorted(edges, y), -1), BANDS
