"""The lesson of a student: its teacher's graph is asked once, about the training rows and about rows that are made.

Of training rows the teacher's answers out of fold are taken where they come from its own run: there it has not seen
the answer, and says what it would say of a new row.
"""

from __future__ import annotations

import numpy as np

from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.errors import ColumnError, WishError
from ninefold.core.lesson import Lesson, read_lesson
from ninefold.core.problem import Problem, Teaching
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.onnx import Session
from ninefold.select.making import made_of

TIMES, MOST = 3, 150_000
"""Made rows for each true one that the teacher may have learned from, and at most, where nothing is said."""
ROOM = 200 << 20
"""Bytes that made rows may take then: images are large."""
BATCH = 1_000
SHARE = 0.15
"""Of the time that is left, which the teacher may take to answer about made rows."""


def learn(how: Teaching, problem: Problem, dataset: Dataset, context: Context) -> None:
    """Write the lesson for the crew, unless an interrupted run has.

    Raises:
        ColumnError: NF-E201 when the rows lack a column that the teacher asks for.
        WishError: NF-E356 when the teacher answers another question.
    """
    workshop = Workshop(context.run)
    known = read_lesson(workshop, dataset.names)
    if known is not None and len(known.answers) == dataset.train_rows:
        return
    session = Session((workshop.teacher / "model.onnx").read_bytes())
    if lacking := [name for name in session.inputs if name not in dataset.names]:
        hint = "the rows must have the columns that the teacher was trained on"
        raise ColumnError("NF-E201", f'the teacher asks for a column "{lacking[0]}"', hint=hint, given=lacking[0])
    context.progress(f"asking the teacher {how.teacher} about the training rows")
    answers = _out_of_fold(workshop, problem, dataset.rows.target)
    unknown = np.flatnonzero(np.isnan(answers).any(axis=1))
    answers[unknown] = _asked(session, dataset.rows.take(unknown), problem.outputs, Clock())
    context.progress("making rows and asking the teacher about them")
    row = sum(values[:1].nbytes for values in dataset.rows.columns.values())
    untold = min(TIMES * dataset.train_rows, MOST, ROOM // max(row, 1)) if len(unknown) == dataset.train_rows else 0
    count = untold if how.rows is None else how.rows
    made = made_of(dataset.rows, dataset.columns, count, np.random.default_rng([problem.seed, 51]))
    clock = Clock() if problem.budget.work is not None else context.share(SHARE)
    said = _asked(session, made, problem.outputs, clock)
    Lesson(answers, made.take(np.arange(len(said))), said).write(workshop)


def _out_of_fold(workshop: Workshop, problem: Problem, target: Array) -> Array:
    """[N, K]: the teacher's answers where its run learned from these very rows, else NaN."""
    folder = workshop.teacher
    if (folder / "out_of_fold.npy").exists() and np.array_equal(load_array(folder / "target.npy"), target):
        return np.array(load_array(folder / "out_of_fold.npy"))
    return np.full((len(target), problem.outputs), np.nan)


def _asked(session: Session, rows: Rows, width: int, clock: Clock) -> Array:
    """[n, ``width``]: what the graph says of the rows, of as many of the first as there is time for.

    Raises:
        WishError: NF-E356 when it says more or less of a row than that.
    """
    said = [np.zeros((0, width))]
    for start in range(0, len(rows), BATCH):
        if clock.left <= 0:
            break
        out = session.run(rows.take(np.arange(start, min(start + BATCH, len(rows)))).columns)
        given = out["probability"] if "probability" in out else out["prediction"]
        said.append(given.reshape(len(given), -1))
        if said[-1].shape[1] != width:
            message = f"the teacher says {said[-1].shape[1]} numbers of a row, and {width} are asked for"
            raise WishError("NF-E356", message, hint="the rows must have the teacher's target, with the same classes")
    return np.vstack(said)
