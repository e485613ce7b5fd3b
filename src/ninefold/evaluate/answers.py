"""Asking a graph about rows, and what one would say who knows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from ninefold.core.mixed import nothing
from ninefold.core.problem import Problem
from ninefold.core.table import Array, class_counts
from ninefold.core.tasks import base_of
from ninefold.diagnosis.answers import Answers, codes_of
from ninefold_runtime.schema import Task

BATCH = 10_000
"""Rows per call of the graph: its intermediate blocks stay small however many rows are sealed."""


class Graph(Protocol):
    def run(self, arrays: Mapping[str, Array]) -> dict[str, Array]: ...


def in_batches(graph: Graph, columns: Mapping[str, Array], rows: int) -> list[dict[str, Array]]:
    """What the graph says about that many rows, batch by batch."""
    return [
        graph.run({name: values[start : start + BATCH] for name, values in columns.items()})
        for start in range(0, rows, BATCH)
    ]


def ask(graph: Graph, columns: Mapping[str, Array], y: Array, problem: Problem) -> Answers:
    """Run the graph on wired columns of N entries each."""
    batches = in_batches(graph, columns, len(y))
    if not problem.classes and not problem.labels:  # of mixed targets, what is decided follows from what is said
        return Answers(y, np.concatenate([batch["prediction"] for batch in batches]).reshape(len(y), problem.outputs))
    probabilities = np.concatenate([batch["probability"] for batch in batches])
    labels = np.concatenate([batch["label"] for batch in batches])
    if problem.labels:
        return Answers(y, probabilities, (labels.astype(str) == np.array(problem.labels)[:, 1]).astype(np.int64))
    return Answers(y, probabilities, codes_of(labels, problem.classes))


def baseline(task: Task, y: Array, train: Array, outputs: int, levels: tuple[float, ...] = ()) -> Answers:
    """What one would say about ``y`` knowing nothing but the training target: its class shares, its mean, or
    the seasonal naive forecast."""
    if task == "multitask":
        return Answers(y, np.tile(nothing(train, levels), (len(y), 1)))
    if task == "forecast":  # targets are errors of the seasonal naive forecast
        return Answers(y, np.zeros((len(y), outputs)))
    if train.ndim == 2:
        means = np.tile(train.mean(axis=0), (len(y), 1))
        return Answers(y, means, (means >= 0.5).astype(np.int64) if task == "multilabel" else None)
    if task == "quantile":
        return Answers(y, np.tile(np.quantile(train, levels), (len(y), 1)))
    if base_of(task) == "regression":
        return Answers(y, np.full((len(y), 1), np.mean(train)))
    shares = class_counts(train, outputs) / len(train)
    return Answers(y, np.tile(shares, (len(y), 1)), np.full(len(y), shares.argmax()))
