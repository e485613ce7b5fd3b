"""What the parts of an evaluation share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Leaderboard, Model
from ninefold.core.table import Dataset, Rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling, resampling
from ninefold.evaluate.answers import Graph, ask
from ninefold.evaluate.scores import metrics


@dataclass(frozen=True)
class Case:
    """The nouns so far, and the sealed rows with the graph's answers, in falling order of the last column of
    predictions. All parts draw from the one ``rng``, in the order in which the stage calls them."""

    problem: Problem
    dataset: Dataset
    leaderboard: Leaderboard
    model: Model
    rows: Rows
    graph: Graph
    answers: Answers
    metrics: dict[str, Metric]
    how: Resampling
    rng: np.random.Generator
    context: Context


def opened(problem: Problem, dataset: Dataset, leaderboard: Leaderboard, model: Model, context: Context) -> Case:
    """Open the sealed rows and ask the graph about them."""
    from ninefold.forms.onnx import Session

    context.progress("asking the graph about the sealed rows", 0.0)
    rows, graph = dataset.sealed.open(), Session(model.graph.read_bytes())
    rng = np.random.default_rng([problem.seed, context.number])
    answers = ask(graph, rows.columns, rows.target, problem)
    order = np.argsort(-answers.predictions[:, -1], kind="stable")
    rows, answers = rows.take(order), answers.take(order)
    return Case(
        problem,
        dataset,
        leaderboard,
        model,
        rows,
        graph,
        answers,
        metrics=metrics(problem),
        how=resampling(rows),
        rng=rng,
        context=context,
    )
