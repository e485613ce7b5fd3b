"""What ships: which trials may be members of the graph, and the schema of the graph."""

from __future__ import annotations

import math

from msgspec.structs import replace

from ninefold.core import parts
from ninefold.core.lesson import TAUGHT
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitJob
from ninefold.core.results import MOST_BYTES, Model, Trial
from ninefold.core.table import Dataset
from ninefold_runtime.schema import Schema, Target

MORE_ROUNDS, ON_MANY, MANY = 1.19, 1.4, 10_000
"""Rounds on all rows for each round on a fold's training rows: these are 70 % of all, and more rows bear more rounds.
The square root of the ratio of rows lost nothing on small tables; on ``MANY`` rows the ratio itself won up to 0.4 % of
the error more, which on a few thousand rows it lost."""

WARM, FOR_ALL = 2.0, 2.5
"""Seconds of making a fold's view that may have been the loading of libraries, which happens once; how many times the
others a view for all rows takes, with those of the parity gate."""


def may_ship(problem: Problem, learner: str, weight: int, augment: str = "") -> bool:
    """False for forms of more than MOST_BYTES, or of more than the problem allows (``weight`` is in bytes), for
    learners that keep training rows unless the problem allows it, and where a student is wanted for all that were not
    taught."""
    if problem.teaching is not None and augment != TAUGHT:
        return False
    keeps_rows: bool = parts.find("ninefold.learners", learner).card.keeps_rows
    return weight <= min(MOST_BYTES, problem.limits.bytes or MOST_BYTES) and (problem.allow_rows or not keeps_rows)


def view_seconds(overhead: float) -> float:
    """Seconds that a slow view, as of images, takes for all rows, where one for a fold took ``overhead``."""
    return FOR_ALL * max(0.0, overhead - WARM)


def on_all_rows(trial: Trial, seconds: float, *, rows: int, seed: int) -> FitJob:
    """A fit of a trial on all ``rows`` training rows, grown as far as its fits on folds say."""
    more, how = ON_MANY if rows >= MANY else MORE_ROUNDS, trial.augment
    fixed = trial.rounds and how != TAUGHT  # a teacher's answers bear more rounds than the truth does
    rounds = math.ceil(more * sum(trial.rounds) / len(trial.rounds)) if fixed else None
    return FitJob(trial.id, trial.learner, trial.settings, trial.view, None, seconds, seed, rounds, augment=how)


def schema_of(problem: Problem, dataset: Dataset, model: Model) -> Schema:
    """The inputs of the graph in its order; every other column of the table is accepted and ignored."""
    target = Target(
        name=problem.target or problem.one_of_them,
        task=problem.task,
        classes=model.classes or problem.classes,
        positive=problem.positive,
        several=problem.several,
        labels=problem.labels,
        choices=problem.choices,
        quantiles=problem.quantiles,
        metric=problem.metric,
    )
    others = (*dataset.names, *dataset.refused, *problem.drop, problem.group, problem.time, problem.truth)
    others += () if problem.folding is None else (problem.folding.series,)
    ignored = dict.fromkeys(name for name in others if name and name not in {*model.columns, *problem.targets})
    columns = tuple(dataset.column(name) for name in model.columns)
    if dataset.documents is not None:
        columns = tuple(replace(column, optional=column.name == problem.context) for column in columns)
    return Schema(
        columns=columns,
        target=target,
        ignored=tuple(ignored),
        source=dataset.digest,
        folding=problem.folding,
    )
