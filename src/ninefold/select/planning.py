"""The problem's validation scheme becomes the run's one split plan."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ninefold.core import parts
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Problem, Validation
from ninefold.core.table import Array, Rows, one_number

STOP_SHARE, MOST_STOP = 0.12, 10_000


def plan_of(problem: Problem, rows: Rows) -> Plan:
    """Split ``rows`` by the problem's scheme; each fold's training rows lend some to stop growing on."""
    rng = np.random.default_rng([problem.seed, 5])
    splits = _splitter(problem.validation).split(rows, problem.outputs, rng)
    return Plan(tuple(Fold(*_set_apart(rows, train, rng), valid) for train, valid in splits))


class Splitter(Protocol):
    """(train, valid) positions of each fold."""

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]: ...


def _splitter(validation: Validation) -> Splitter:
    kind = parts.find("ninefold.select.splitters", validation.scheme)
    more = {"repeated": (validation.repeats,), "time": (validation.gap,)}.get(validation.scheme, ())
    splitter: Splitter = kind(validation.folds, *more)
    return splitter


def _set_apart(rows: Rows, train: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """(train, stop): the last in time, whole groups, or an even draw over the target's order."""
    wanted = min(round(STOP_SHARE * len(train)), MOST_STOP)
    if wanted < 10:
        return train, train[:0]
    if rows.times is not None:
        order = train[np.argsort(rows.times[train], kind="stable")]
        return order[:-wanted], order[-wanted:]
    if rows.groups is not None:
        names, code = np.unique(rows.groups[train].astype(str), return_inverse=True)
        shuffled = rng.permutation(len(names))
        chosen = shuffled[np.cumsum(np.bincount(code)[shuffled]) <= max(wanted, 1)]
        stop = np.isin(code, chosen)
        return train[~stop], train[stop]
    shuffled = rng.permutation(train)
    dealt = shuffled[np.argsort(one_number(rows.target)[shuffled], kind="stable")]
    marks = np.zeros(len(dealt), bool)
    marks[np.linspace(0, len(dealt) - 1, wanted).round().astype(int)] = True
    return np.sort(dealt[~marks]), np.sort(dealt[marks])
