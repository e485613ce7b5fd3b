"""What explanations of sealed rows are about."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ninefold.core.problem import Problem
from ninefold.core.results import Model
from ninefold.core.shipping import schema_of
from ninefold.core.table import Dataset, Rows
from ninefold.evaluate.answers import Answers
from ninefold_runtime.background import Prototypes
from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.asking import asked
from ninefold_runtime.model import Model as Graph


@dataclass(frozen=True)
class Subject:
    """The graph to explain, the sealed rows, and what it said of them; None of a task without a truth to tell."""

    problem: Problem
    asked: Asked
    rows: Rows
    answers: Answers | None = None

    @classmethod
    def of(
        cls, problem: Problem, dataset: Dataset, model: Model, rows: Rows, answers: Answers | None = None
    ) -> Subject | None:
        """None where training made no rows to compare with."""
        if model.background is None:
            return None
        schema = schema_of(problem, dataset, model)
        background = msgspec.json.decode(model.background.read_bytes(), type=Prototypes)
        graph = Graph(model.graph.read_bytes(), schema)
        return cls(problem, asked(graph, schema, background), rows, answers)

    def row(self, place: int) -> Arrays:
        """One sealed row as columns of one entry."""
        return {name: self.rows.columns[name][place : place + 1] for name in self.asked.schema.names}
