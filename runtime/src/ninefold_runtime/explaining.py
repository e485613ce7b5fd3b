"""``POST /explain``: rows explained by a method of `ninefold_runtime.explain`, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ninefold_runtime import intake, web
from ninefold_runtime.errors import ExplainError, TableError
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import usual
from ninefold_runtime.explain.question import Question, explained
from ninefold_runtime.explain.settings import refuse_sizes
from ninefold_runtime.web import Refused, Response

MOST_ROWS = 10
"""Rows per request: each takes thousands of answers of the graph."""


def question_in(body: bytes) -> Question:
    """Method, outputs and seed of a request, beside its rows.

    Raises:
        Refused: 400 when they are of another type.
    """
    try:
        return msgspec.json.decode(body, type=Question)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, "Not a question", str(error)) from error


def answer(asked: Asked, columns: Mapping[str, Sequence[object]], question: Question) -> Response:
    """The explanations of the rows, in order, checked as strictly as for a prediction.

    Raises:
        Refused: 422 when rows, method or outputs cannot be used, or there are too many rows; 501 when the bundle
            has not what the method needs.
    """
    rows = len(next(iter(columns.values()), ()))
    if rows > MOST_ROWS:
        detail = f"an explanation takes thousands of predictions: send at most {MOST_ROWS} rows at a time, not {rows}"
        raise Refused(422, "Too many rows", detail, code="NF-R405")
    try:
        arrays, _, notes = intake.wired(asked.schema, columns)
        intake.refuse_misfits(asked.schema, columns, arrays)
        refuse_sizes(question.method or usual(asked.schema.target.task), question.settings)
        made = explained(asked, arrays, question)
    except (TableError, ExplainError) as error:
        lacks = error.code == "NF-R402"
        refusal = (501, "Not in this bundle") if lacks else (422, "Not explained")
        raise Refused.of(*refusal, error) from error
    return web.as_json({"explanations": made, "warnings": notes})
