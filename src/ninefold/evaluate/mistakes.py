"""The rows that the graph gets most wrong, and what is wrong with more than one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.loss import loss_per_row
from ninefold.core.mistakes import Mistake, Mistakes, Mixup
from ninefold.core.problem import Problem
from ninefold.core.table import Dataset, Rows
from ninefold.core.words import shortened
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling
from ninefold.diagnosis.slices import parts_of, word_of
from ninefold.evaluate.one_answer import said_of, truth_of
from ninefold.evaluate.patterns import Part, patterns
from ninefold.evaluate.residuals import bands_of, growth
from ninefold.metrics._labels import confusion
from ninefold_runtime.schema import Task

WORST, COLUMNS, LONGEST = 20, 6, 60
"""Rows and columns that are shown, and letters of a cell."""
MIXUPS = 10
LOSSES: dict[Task, str] = {
    "regression": "squared error",
    "multioutput": "squared error in units of each target's spread",
    "multitask": "loss in units of what knowing nothing costs",
    "forecast": "squared error in units of the seasonal naive forecast's",
    "count": "Poisson deviance",
    "quantile": "pinball loss",
}
"""What `loss_per_row` measures; log-loss for classes."""


@dataclass(frozen=True)
class Judgement:
    """The sealed rows with the answers to them, in one order, how they are drawn, and the columns that matter most."""

    problem: Problem
    dataset: Dataset
    rows: Rows
    answers: Answers
    how: Resampling
    names: tuple[str, ...]

    def parts(self) -> Iterator[Part]:
        """The parts of those columns, each with its mask over the sealed rows."""
        for name in self.names:
            train, sealed = self.dataset.rows.columns[name], self.rows.columns[name]
            yield from ((name, part, mask) for part, mask in parts_of(self.dataset.column(name), train, sealed))


def mistakes_of(judged: Judgement, rng: np.random.Generator, clock: Clock) -> Mistakes:
    """What a person would want to see of the errors; patterns only where time and rows suffice."""
    problem, answers = judged.problem, judged.answers
    losses = loss_per_row(problem.task, answers.y, answers.predictions, problem.levels)
    found = patterns(losses, judged.parts(), judged.how, rng=rng, clock=clock)
    one_number = answers.labels is None and answers.predictions.shape[1] == 1
    shown = _shown(judged)
    return Mistakes(
        loss=LOSSES.get(problem.task, "log-loss"),
        columns=shown,
        worst=tuple(_worst(judged, losses, shown)),
        patterns=found or (),
        sought=found is not None,
        mixups=_mixups(judged) if len(problem.classes) > 2 else (),
        bands=bands_of(answers, judged.how) if one_number else (),
        growth=growth(answers, judged.how) if one_number else None,
    )


def _shown(judged: Judgement) -> tuple[str, ...]:
    """An id, by which the row can be found again, where there is one, and the columns that matter most."""
    ids = [column.name for column in judged.dataset.columns if column.kind == "id"]
    return tuple(dict.fromkeys((*ids[:1], *judged.names[:COLUMNS])))


def _worst(judged: Judgement, losses: NDArray[np.float64], names: tuple[str, ...]) -> Iterator[Mistake]:
    columns = [(judged.dataset.column(name), judged.rows.columns[name]) for name in names]
    problem, answers = judged.problem, judged.answers
    for rank, row in enumerate(np.argsort(-losses, kind="stable")[:WORST], start=1):
        cells = tuple(shortened(word_of(column, values[row]), LONGEST) for column, values in columns)
        truth, said = truth_of(problem, answers, row), said_of(problem, answers, row)
        yield Mistake(rank, float(losses[row]), truth, said, cells, _error(judged, row))


def _error(judged: Judgement, row: int) -> float | None:
    answers = judged.answers
    if answers.labels is not None or answers.predictions.shape[1] > 1:
        return None
    return float(answers.y[row] - answers.predictions[row, 0])


def _mixups(judged: Judgement) -> tuple[Mixup, ...]:
    classes = judged.problem.classes
    assert judged.answers.labels is not None
    counts = confusion(judged.answers.y, judged.answers.labels, len(classes))
    pairs = [(int(counts[t, d]), t, d) for t in range(len(classes)) for d in range(len(classes)) if t != d]
    return tuple(
        Mixup(classes[t], classes[d], rows, rows / int(counts[t].sum()))
        for rows, t, d in sorted(pairs, key=lambda pair: -pair[0])[:MIXUPS]
        if rows
    )
