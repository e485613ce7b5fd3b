"""What ships: which trials may be members of the graph, and the schema of the graph."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.lesson import TAUGHT
from ninefold.core.problem import Problem
from ninefold.core.results import MOST_BYTES, Model
from ninefold.core.table import Dataset
from ninefold_runtime.schema import Schema, Target


def may_ship(problem: Problem, learner: str, weight: int, augment: str = "") -> bool:
    """False for forms of more than MOST_BYTES, or of more than the problem allows (``weight`` is in bytes), for
    learners that keep training rows unless the problem allows it, and where a student is wanted for all that were not
    taught."""
    if problem.teaching is not None and augment != TAUGHT:
        return False
    keeps_rows: bool = parts.find("ninefold.learners", learner).card.keeps_rows
    return weight <= min(MOST_BYTES, problem.limits.bytes or MOST_BYTES) and (problem.allow_rows or not keeps_rows)


def schema_of(problem: Problem, dataset: Dataset, model: Model) -> Schema:
    """The inputs of the graph in its order; every other column of the table is accepted and ignored."""
    target = Target(
        name=problem.target or problem.one_of_them,
        task=problem.task,
        classes=model.classes or problem.classes,
        positive=problem.positive,
        several=problem.several,
        labels=problem.labels,
        quantiles=problem.quantiles,
        metric=problem.metric,
    )
    others = (*dataset.names, *dataset.refused, *problem.drop, problem.group, problem.time, problem.truth)
    others += () if problem.folding is None else (problem.folding.series,)
    ignored = dict.fromkeys(name for name in others if name and name not in {*model.columns, *problem.targets})
    columns = tuple(dataset.column(name) for name in model.columns)
    return Schema(
        columns=columns,
        target=target,
        ignored=tuple(ignored),
        source=dataset.digest,
        folding=problem.folding,
    )
