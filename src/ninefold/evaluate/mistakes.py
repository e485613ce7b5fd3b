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
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.words import cell
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling
from ninefold.diagnosis.slices import parts_of, word_of
from ninefold.evaluate.patterns import Part, patterns
from ninefold.evaluate.residuals import bands_of, growth
from ninefold.metrics._labels import confusion
from ninefold_runtime.schema import Task, spans_of

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
    for rank, row in enumerate(np.argsort(-losses, kind="stable")[:WORST], start=1):
        cells = tuple(word_of(column, values[row])[:LONGEST] for column, values in columns)
        yield Mistake(rank, float(losses[row]), _truth(judged, row), _said(judged, row), cells, _error(judged, row))


def _error(judged: Judgement, row: int) -> float | None:
    answers = judged.answers
    if answers.labels is not None or answers.predictions.shape[1] > 1:
        return None
    return float(answers.y[row] - answers.predictions[row, 0])


def _truth(judged: Judgement, row: int) -> str:
    problem, y = judged.problem, np.atleast_1d(judged.answers.y[row])
    if problem.choices:
        each = zip(problem.choices, y.tolist(), strict=True)
        return ", ".join("unknown" if np.isnan(v) else c[int(v)] if c else cell(v) for c, v in each)
    if problem.classes:
        return problem.classes[int(y[0])]
    if problem.labels:
        return ", ".join(pair[int(code)] for pair, code in zip(problem.labels, y, strict=True))
    return ", ".join(cell(float(value)) for value in y)


def _said(judged: Judgement, row: int) -> str:
    """What was decided, with the probability that it was given; of values, the values."""
    problem, answers = judged.problem, judged.answers
    said = answers.predictions[row]
    if problem.choices:
        each = zip(problem.choices, spans_of(problem.choices), strict=True)
        return ", ".join(
            _likeliest(classes, said[span]) if classes else cell(float(said[span][0])) for classes, span in each
        )
    if answers.labels is None:
        return ", ".join(cell(float(value)) for value in said)
    codes = np.atleast_1d(answers.labels[row]).astype(int)
    if problem.classes:
        return f"{problem.classes[codes[0]]} ({said[codes[0]]:.0%})"
    pairs = zip(problem.labels, codes, said, strict=True)
    return ", ".join(f"{pair[code]} ({yes if code else 1 - yes:.0%})" for pair, code, yes in pairs)


def _likeliest(classes: tuple[str, ...], chances: Array) -> str:
    return f"{classes[int(chances.argmax())]} ({chances.max():.0%})"


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
