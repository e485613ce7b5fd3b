"""The rows that are looked at, and what is asked about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.closer import Seen
from ninefold.core.loss import loss_per_row
from ninefold.core.shipping import schema_of
from ninefold.evaluate.case import Case
from ninefold.evaluate.one_answer import said_of, truth_of
from ninefold_runtime.explain.asked import Arrays, Asked, Maps
from ninefold_runtime.explain.asking import asked
from ninefold_runtime.explain.mapped import Mapped
from ninefold_runtime.model import Model
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent


@dataclass(frozen=True)
class Worst:
    """The sealed rows of a case, the largest loss first, and the graph as explanations ask it, until ``clock`` runs
    out."""

    case: Case
    asked: Asked
    order: tuple[int, ...]
    clock: Clock

    @classmethod
    def of(cls, case: Case, clock: Clock) -> Worst:
        schema = schema_of(case.problem, case.dataset, case.model)
        graph = asked(Model(case.model.graph.read_bytes(), schema), schema, None)
        answers = case.answers
        losses = loss_per_row(case.problem.task, answers.y, answers.predictions, case.problem.levels)
        return cls(case, graph, tuple(np.argsort(-losses, kind="stable").tolist()), clock)

    @property
    def maps(self) -> Maps | None:
        """What places of an image give, where a network that ships tells it."""
        path = self.case.model.maps
        return None if path is None else Mapped(path.read_bytes(), self.asked.schema)

    def columns(self, kind: str) -> tuple[Column, ...]:
        """Of the graph."""
        return tuple(column for column in self.asked.schema.columns if column.kind == kind)

    def rows(self, column: Column, most: int) -> Iterator[int]:
        """Places of the worst rows that have something there, as many as there is time for."""
        gone = absent(self.case.rows.columns[column.name])
        found = [place for place in self.order if not gone[place]][:most]
        for place in found:
            if self.clock.left <= 0:
                return
            yield place

    def row(self, place: int) -> Arrays:
        """As columns of one entry."""
        return {name: self.case.rows.columns[name][place : place + 1] for name in self.asked.schema.names}

    def spoken(self, place: int) -> int:
        """The output that is told of: the class that was decided, else the first."""
        labels = self.case.answers.labels
        return int(labels[place]) if labels is not None and labels.ndim == 1 else 0

    def seen(self, place: int) -> Seen:
        problem, answers = self.case.problem, self.case.answers
        output = self.asked.outputs[self.spoken(place)]
        return Seen(truth_of(problem, answers, place), said_of(problem, answers, place), output)
