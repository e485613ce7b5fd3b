"""Labels that come late: matched with what was said, and read as training reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import wire
from ninefold_runtime.errors import MonitorError, nearest
from ninefold_runtime.model import Predictions
from ninefold_runtime.monitor.history import Answer
from ninefold_runtime.schema import Column, Schema, Target

Array = NDArray[Any]
_NUMBER = Column(name="", kind="number")


def answers_of(made: Predictions) -> list[Answer]:
    """What is kept of predictions until their labels come."""
    said = made.predictions.tolist()
    if made.probabilities is None:
        return [Answer(float(value)) for value in said]
    return [Answer(str(label), tuple(row)) for label, row in zip(said, made.probabilities.tolist(), strict=True)]


def readable(target: Target, labels: Mapping[str, object]) -> dict[str, object]:
    """Those labels that the model could have said: the answers of the others go on waiting."""
    _, known = read(target, list(labels.values()))
    return {name: label for (name, label), good in zip(labels.items(), known.tolist(), strict=True) if good}


def matched(target: Target, found: Mapping[str, Answer], labels: Mapping[str, object]) -> tuple[Predictions, Array]:
    """The answers that readable ``labels`` speak of, in one, and these labels (see `read`)."""
    names = [name for name in labels if name in found]
    answers = [found[name] for name in names]
    said: Array = np.array([answer.said for answer in answers], object if target.classes else np.float64)
    chances = np.array([answer.chances for answer in answers]) if target.classes else None
    return Predictions(said, chances, target.classes), read(target, [labels[name] for name in names])[0]


def read(target: Target, values: Sequence[object]) -> tuple[Array, NDArray[np.bool_]]:
    """Labels (str) or values (float64), [N], and which of them can be used: known classes, readable numbers."""
    if target.classes:
        labels = np.array([wire.text(value) for value in values], object)
        return labels.astype(str), np.isin(labels.astype(str), np.array(target.classes))
    numbers = np.asarray(wire.cells(_NUMBER, values), np.float64)
    return numbers, np.isfinite(numbers)


def column_of(schema: Schema, columns: Mapping[str, Sequence[object]], name: str | None) -> Sequence[object]:
    """The labels in a table: the column of that name, else the target's.

    Raises:
        MonitorError: NF-R507 when there is none.
    """
    wanted = name or schema.target.name
    if wanted in columns:
        return columns[wanted]
    close = nearest(wanted, columns)
    hint = f'did you mean "{close[0]}"?' if close else "name the column that holds the labels: --target COLUMN"
    raise MonitorError("NF-R507", f'there is no column "{wanted}" with labels', hint=hint)
