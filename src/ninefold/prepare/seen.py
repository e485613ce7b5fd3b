"""What audits and findings of preparation look at: columns, and how well each tells the target."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.tasks import base_of
from ninefold.prepare.strength import Judge
from ninefold_runtime.schema import Task

MOST = 200_000
"""Rows that are looked at."""


@dataclass(frozen=True, eq=False)
class Seen:
    """``rows``: the training rows, or `MOST` of them; ``columns`` of these still in question, in the table's order;
    images and series are in question nowhere, as no cell of theirs is a value."""

    problem: Problem
    dataset: Dataset
    rows: Rows
    columns: Mapping[str, Array]
    judged: dict[str, float] = field(default_factory=dict)
    """Strengths found so far, shared by all that look."""

    @classmethod
    def of(cls, problem: Problem, dataset: Dataset) -> Seen:
        rows = dataset.rows
        if len(rows) > MOST:
            rows = rows.take(np.linspace(0, len(rows) - 1, MOST).round().astype(np.int64))
        return cls(problem, dataset, rows, {name: v for name, v in rows.columns.items() if v.ndim == 1})

    @property
    def task(self) -> Task:
        return base_of(self.problem.task)

    @property
    def measure(self) -> str:
        """What strengths are."""
        return "R²" if self.task == "regression" else "AUC"

    @property
    def targets(self) -> tuple[Array, ...]:
        """Each target [N], codes or values; none where the task has none. Of mixed ones, values, and for each class
        whether it is the row's; the mean where there is none."""
        if self.problem.choices:
            return tuple(_expanded(self.rows.target, self.problem.levels))
        return self.named

    @property
    def named(self) -> tuple[Array, ...]:
        """Each of `Problem.targets` [N], codes or values; NaN where one of mixed ones is missing."""
        target = self.rows.target
        if self.problem.untargeted:
            return ()
        return (target,) if target.ndim == 1 else tuple(target.T)

    @property
    def outputs(self) -> int:
        return self.problem.outputs if len(self.targets) == 1 else 2

    @property
    def alone(self) -> dict[str, float]:
        """How well each column alone tells the target, or the one of several that it tells best, out of fold."""
        new = {name: values for name, values in self.columns.items() if name not in self.judged}
        if new:
            self.judged.update(self.strongest(new))
        return {name: self.judged[name] for name in self.columns}

    def strongest(self, columns: Mapping[str, Array]) -> dict[str, float]:
        """The strength of any columns; 0 where there is no target."""
        return {
            name: max((judge.strength(values) for judge in self.judges), default=0.0)
            for name, values in columns.items()
        }

    def is_measured(self, name: str) -> bool:
        """A number that every row has: seldom what is filled in after the event."""
        column = self.dataset.column(name)
        return column.kind == "number" and not column.missing

    @cached_property
    def judges(self) -> list[Judge]:
        """One for each target."""
        return [Judge.of(y, self.task, self.rng) for y in self.targets]

    @property
    def rng(self) -> np.random.Generator:
        """The same for everyone who asks."""
        return np.random.default_rng([self.problem.seed, 3])

    def without(self, names: Collection[str]) -> Seen:
        return replace(self, columns={name: v for name, v in self.columns.items() if name not in names})


def _expanded(target: Array, widths: Iterable[float]) -> Iterator[Array]:
    for y, width in zip(target.T, widths, strict=True):
        for each in (y,) if width == 1 else (np.where(np.isnan(y), np.nan, y == code) for code in range(int(width))):
            yield np.where(np.isnan(each), np.nanmean(each), each)
