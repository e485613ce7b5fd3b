"""A question as users put it: rows, a method by name, outputs by name; and the answer to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from ninefold_runtime.errors import ExplainError, nearest
from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.asking import usual
from ninefold_runtime.explain.explanation import Explanation
from ninefold_runtime.explain.regions import ALONE
from ninefold_runtime.explain.settings import made


class Question(msgspec.Struct, frozen=True):
    """``method`` empty asks for the usual one, ``outputs`` empty for all; ``settings`` are fields of the method."""

    method: str = ""
    outputs: tuple[str, ...] = ()
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


def explained(asked: Asked, rows: Arrays, question: Question) -> list[Explanation]:
    """An explanation for each row of wired columns, with accounts of the outputs asked for.

    Raises:
        ExplainError: NF-R401 unknown method, NF-R402 no rows to compare with, or a method that does not explain
            answers in words, NF-R403 unknown output, NF-R413 settings, and what the method raises.
    """
    name = question.method or usual(asked.schema.target.task)
    method = made(name, question.settings)
    if asked.owing is not None and name != "words":
        message, hint = f"{name} does not explain answers in words", "ask for words: what the answer owes to each"
        raise ExplainError("NF-R402", message, hint=hint)
    if asked.owing is None and not len(asked.background) and name not in ALONE:
        hint = "of images and series ask for occlusion; else make the bundle again: ninefold run --resume RUN --from 6"
        raise ExplainError("NF-R402", "the bundle has no background rows to compare a row with", hint=hint)
    check_outputs(asked, question.outputs)
    return [_only(method.explain(asked, row, seed=question.seed), question.outputs) for row in _each(asked, rows)]


def check_outputs(asked: Asked, outputs: Sequence[str]) -> None:
    """Raises ExplainError (NF-R403) where the graph has no output of such a name."""
    for name in outputs:
        if name not in asked.outputs:
            close = nearest(name, asked.outputs)
            hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(asked.outputs)}"
            message = f'the graph has no output "{name}"'
            raise ExplainError("NF-R403", message, hint=hint, given=name, suggestions=close)


def _each(asked: Asked, rows: Arrays) -> Iterator[Arrays]:
    for place in range(len(rows[asked.schema.names[0]])):
        yield {name: rows[name][place : place + 1] for name in asked.schema.names}


def _only(explanation: Explanation, outputs: Sequence[str]) -> Explanation:
    if not outputs:
        return explanation
    wanted = tuple(account for account in explanation.accounts if account.output in outputs)
    maps = tuple(found for found in explanation.maps if found.output in outputs)
    return msgspec.structs.replace(explanation, accounts=wanted, maps=maps)


def row_of(columns: Mapping[str, Sequence[object]], number: int) -> dict[str, list[object]]:
    """Row ``number`` of a table, counted from 1.

    Raises:
        ExplainError: NF-R404 when it has no such row.
    """
    rows = len(next(iter(columns.values()), ()))
    if not 1 <= number <= rows:
        hint = "rows count from 1, the first after the header"
        raise ExplainError("NF-R404", f"there is no row {number}: the table has {rows:,}", hint=hint, given=str(number))
    return {name: [values[number - 1]] for name, values in columns.items()}
