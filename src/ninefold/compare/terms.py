"""What two models must agree on before they can be compared, and the truth and their answers in those terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import structs

from ninefold.compare.contender import Contender, Table
from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers, codes_of
from ninefold_runtime import wire
from ninefold_runtime.model import Predictions
from ninefold_runtime.schema import SPOKEN, UNTARGETED, Column, Target

GROUPED = re.compile(r"\D*\d{1,3}(,\d{3})*(\.\d+)?\D*")
"""1,234.5: commas stand between thousands. A schema does not say how the target's numbers are written."""
UNSEEN = -1.0
"""The code of a label that neither model knows."""


def common(a: Contender, b: Contender) -> Target:
    """The target of both; of several classes those of A, and then those that only B knows.

    Raises:
        WishError: NF-E330 when they do not answer the same question.
    """
    ours, theirs = a.schema.target, b.schema.target
    for contender in (a, b):
        if (task := contender.schema.target.task) in {*UNTARGETED, *SPOKEN}:
            why = "has no truth to compare with" if task in UNTARGETED else "is compared by the reports of its runs"
            message = f"{contender.name} is made for {task}, which {why}"
            raise WishError("NF-E330", message, hint="compare models that predict a column")
    for what, one, other in _questions(ours, theirs):
        if one != other:
            message = f"{a.name} and {b.name} cannot be compared: their {what} differ ({one} and {other})"
            raise WishError("NF-E330", message, hint="compare models that predict the same column in the same way")
    return structs.replace(ours, classes=tuple(dict.fromkeys((*ours.classes, *theirs.classes))))


def _questions(ours: Target, theirs: Target) -> Iterator[tuple[str, object, object]]:
    """What must agree: its name, and how either has it."""
    yield "tasks", ours.task, theirs.task
    yield "targets", sorted(ours.columns), sorted(theirs.columns)
    yield "quantiles", ours.quantiles, theirs.quantiles
    yield "labels of no and yes", _pairs(ours), _pairs(theirs)
    yield "classes of targets", _choices(ours), _choices(theirs)
    if ours.task == "ordinal":
        yield "orders of classes", ours.classes, theirs.classes
    elif ours.task == "binary" or not set(ours.classes) & set(theirs.classes):
        yield "classes", sorted(ours.classes), sorted(theirs.classes)


def _pairs(target: Target) -> dict[str, tuple[str, str]]:
    return dict(zip(target.several, target.labels, strict=False))


def _choices(target: Target) -> dict[str, tuple[str, ...]]:
    return dict(zip(target.several, target.choices, strict=False))


def truth_of(target: Target, table: Table, data: str) -> Array:
    """Codes or values as float64, [N] or [N, T]: NaN where there is none, UNSEEN where no model knows the label. Of
    mixed targets a label that no model knows is none.

    Raises:
        ColumnError: NF-E201 when ``table`` lacks the target.
    """
    for name in target.columns:
        if name not in table:
            close = nearest(name, table)
            hint = f'did you mean "{close[0]}"?' if close else "the rows must be labelled: give a table with the target"
            raise ColumnError("NF-E201", f'{data} has no column "{name}"', hint=hint, suggestions=close)
    if target.labels:
        pairs = zip(target.several, target.labels, strict=True)
        return np.column_stack([_codes(table[name], labels) for name, labels in pairs])
    if target.choices:
        each = zip(target.several, target.choices, strict=True)
        wide = np.column_stack([_codes(table[n], c) if c else _amounts(table[n]) for n, c in each])
        category = np.array([bool(classes) for classes in target.choices])
        return np.where(category & (wide == UNSEEN), np.nan, wide)
    if target.several:
        return np.column_stack([_amounts(table[name]) for name in target.several])
    values = table[target.name]
    return _codes(values, target.classes) if target.classes else _amounts(values)


def coded(target: Target, truth: Array) -> Array:
    """The truth of rows that have one, as metrics take it."""
    return truth.astype(np.int64) if target.classes or target.labels else truth


def _codes(values: Sequence[object], classes: Sequence[str]) -> Array:
    place = {label: float(code) for code, label in enumerate(classes)} | {"": np.nan}
    return np.array([place.get(wire.text(value), UNSEEN) for value in values])


def _amounts(values: Sequence[object]) -> Array:
    """Read plainly, or, where that reads more, with thousands apart or a decimal comma."""
    words = [word for value in values if (word := wire.text(value))]
    form = "point" if all(map(GROUPED.fullmatch, words)) else "comma"
    read = [wire.cells(Column(name="", kind="number", format=each), values) for each in (None, form)]
    return max(read, key=lambda amounts: int((~wire.absent(amounts)).sum()))


def answered(contender: Contender, made: Predictions, target: Target, y: Array) -> Answers:
    """Its answers, columns in the order of ``target``, which is `common` to both."""
    own = contender.schema.target
    if target.choices:
        said = made.predictions if made.said is None else made.said
        return Answers(y, said[:, [own.answers.index(name) for name in target.answers]].astype(np.float64))
    if target.several:
        order = [own.several.index(name) for name in target.several]
        if made.probabilities is None:
            return Answers(y, made.predictions[:, order])
        yes = np.array([pair[1] for pair in target.labels])
        return Answers(y, made.probabilities[:, order], (made.predictions[:, order] == yes).astype(np.int64))
    if made.probabilities is None:
        return Answers(y, made.predictions.astype(np.float64).reshape(len(y), -1))
    wide = np.zeros((len(y), len(target.classes)))
    wide[:, [target.classes.index(label) for label in own.classes]] = made.probabilities
    return Answers(y, wide, codes_of(made.predictions, target.classes))
