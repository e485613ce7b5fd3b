"""Three sealed rows worth looking at, each with what speaks for its answer and what against it."""

from __future__ import annotations

import numpy as np

from ninefold.core.explained import ToldRow
from ninefold.core.loss import loss_per_row
from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.core.words import cell as written
from ninefold.diagnosis.answers import Answers
from ninefold.evaluate.subject import Subject
from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.shapley import shapley
from ninefold_runtime.explain.told import shown, signed
from ninefold_runtime.schema import spans_of

REASONS = 4


def told_rows(subject: Subject, most: int) -> tuple[ToldRow, ...]:
    """The surest, the least sure and the most wrong of the answers; of values the highest and the lowest. Each takes
    about ``most`` answers of the graph. None where there is no truth."""
    answers = subject.answers
    if answers is None:
        return ()
    return tuple(_told(subject, answers, why, place, most) for why, place in _picked(subject.problem, answers))


def _picked(problem: Problem, answers: Answers) -> list[tuple[str, int]]:
    said, y = answers.predictions, answers.y
    if problem.classes:
        sure = said.max(axis=1)
        wrong = 1 - said[np.arange(len(y)), y.astype(int)]
        return [
            ("most confident", int(sure.argmax())),
            ("least sure", int(sure.argmin())),
            ("largest error", int(wrong.argmax())),
        ]
    middle = said[:, said.shape[1] // 2] if y.ndim == 1 else said.mean(axis=1)
    spread = np.where(said.std(axis=0) > 0, said.std(axis=0), 1.0)
    if problem.choices:
        apart = loss_per_row(problem.task, y, said, problem.levels)
    else:
        apart = np.abs(middle - y) if y.ndim == 1 else (np.abs(said - y) / spread).mean(axis=1)
    picked = [("highest", int(middle.argmax())), ("lowest", int(middle.argmin()))]
    return [*picked, ("largest error", int(apart.argmax()))]


def _told(subject: Subject, answers: Answers, why: str, place: int, most: int) -> ToldRow:
    asked, row = subject.asked, subject.row(place)
    found = shapley(asked, row, most=most, seed=place)
    output = int(found.value.argmax()) if subject.problem.classes else len(found.value) // 2
    amounts = found.amounts[:, output]
    said = f"{asked.outputs[output]}: " if len(asked.outputs) > 1 else ""
    return ToldRow(
        why,
        f"{said}{written(float(found.value[output]))}",
        _truth(subject.problem, answers.y[place], output),
        ", ".join(_reason(asked, row, amounts, int(c)) for c in np.argsort(-np.abs(amounts))[:REASONS]),
    )


def _reason(asked: Asked, row: Arrays, amounts: Array, place: int) -> str:
    column = asked.schema.columns[place]
    return f"{column.name} = {shown(cell(column, row[column.name][0]))} {signed(float(amounts[place]))}"


def _truth(problem: Problem, y: Array, output: int) -> str:
    if problem.classes:
        return problem.classes[int(y)]
    if problem.choices:
        return _truth_of_mixed(problem, y, output)
    value = y if np.ndim(y) == 0 else y[output]
    return problem.labels[output][int(value)] if problem.labels else written(float(value))


def _truth_of_mixed(problem: Problem, y: Array, output: int) -> str:
    """Of the target that a column of predictions is of."""
    place = next(t for t, span in enumerate(spans_of(problem.choices)) if output < span.stop)
    if np.isnan(y[place]):
        return "unknown"
    return problem.choices[place][int(y[place])] if problem.choices[place] else written(float(y[place]))
