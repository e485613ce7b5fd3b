"""The truth of one row and what was said of it, in words."""

from __future__ import annotations

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.core.words import cell
from ninefold.diagnosis.answers import Answers
from ninefold_runtime.schema import spans_of


def truth_of(problem: Problem, answers: Answers, row: int) -> str:
    y = np.atleast_1d(answers.y[row])
    if problem.choices:
        each = zip(problem.choices, y.tolist(), strict=True)
        return ", ".join("unknown" if np.isnan(v) else c[int(v)] if c else cell(v) for c, v in each)
    if problem.classes:
        return problem.classes[int(y[0])]
    if problem.labels:
        return ", ".join(pair[int(code)] for pair, code in zip(problem.labels, y, strict=True))
    return ", ".join(cell(float(value)) for value in y)


def said_of(problem: Problem, answers: Answers, row: int) -> str:
    """What was decided, with the probability that it was given; of values, the values."""
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
