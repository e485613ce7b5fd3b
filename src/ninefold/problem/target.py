"""What is predicted: the task, read off the target's values, and the classes in order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.texts import is_translation, passage_of, unanswered, why_questions, why_translation
from ninefold_runtime.schema import UNTARGETED, Column, Task

FEWEST_ROWS = 5
FEWEST_OF_A_CLASS = 3
"""One to seal and two to learn from, so that two folds can be made."""
MOST_CLASSES = 200
QUANTILES = (0.1, 0.5, 0.9)
"""Predicted where quantiles are asked for and none is named."""
_FEW_NUMBERS = 10
_ROWS_PER_NUMBER = 5
_TASKS = ("classification", *get_args(Task))
_NOTHING = Column(name="", kind="constant")


@dataclass(frozen=True)
class Target:
    """``counts`` are rows per class, in the order of ``classes``. ``several``, ``labels`` and ``choices`` are as in
    `Problem`; ``column`` is then the first."""

    column: Column
    task: Task
    why: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    positive: str | None = None
    notes: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    quantiles: tuple[float, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()
    passage: str = ""
    """Of answers: the column of the texts that have them."""


def target_of(peek: Peek, wishes: Wishes) -> Target:
    """The target with its task.

    Raises:
        WishError: NF-E304 a task that needs a target has none, or the other way round, NF-E305 a task that the target
            cannot have, NF-E306 a wrong positive class, NF-E316 an order that is none, NF-E317 quantiles that are none.
        ColumnError: NF-E201 no such column, NF-E202 no values, NF-E203 one value only, NF-E204 a value per row,
            NF-E205 too few rows.
    """
    if not wishes.targets:
        return _without(peek, wishes)
    column = named(peek, wishes.targets[0])
    refuse_empty(peek, column)
    if wishes.order or wishes.task == "ordinal":
        return ordinal_target(peek, column, wishes)
    if wishes.quantiles or wishes.task == "quantile":
        return _quantile_target(peek, column, wishes)
    spoken = _spoken(peek, column, wishes)
    if spoken is not None:
        return spoken
    task, why = _asked(peek, wishes) if wishes.task else _inferred(peek, column)
    if not task.startswith(("binary", "multi")):
        return Target(column, task, why, notes=unread_words(peek))
    classes = classes_of(peek, column)
    task = "binary" if len(classes) == 2 else "multiclass"
    if wishes.task not in {None, "classification", task}:
        message = f'"{column.name}" has {len(classes)} classes, so the task cannot be {wishes.task}'
        raise WishError("NF-E305", message, hint=f"leave --task out, or say {task}")
    classes = _positive_last(classes, wishes)
    counts = tuple(peek.target_counts[label] for label in classes)
    positive = classes[-1] if task == "binary" else None
    return Target(column, task, why, classes, counts, positive, _rare(classes, counts))


def _spoken(peek: Peek, column: Column, wishes: Wishes) -> Target | None:
    """Answers to questions, or texts for texts."""
    if passage := passage_of(peek, column, wishes):
        why = why_questions(peek, passage, wishes)
        return Target(column, "question-answering", why, notes=unanswered(peek), passage=passage)
    if wishes.task == "translation" or (wishes.task is None and is_translation(peek, column)):
        return Target(column, "translation", "as you said" if wishes.task else why_translation(peek, column))
    return None


def _without(peek: Peek, wishes: Wishes) -> Target:
    """No target: the task is asked for, or clusters are looked for."""
    asked = "ordinal" if wishes.order else "quantile" if wishes.quantiles else wishes.task
    if asked is not None and asked not in UNTARGETED:
        _refuse_unknown(asked)
        names = [column.name for column in peek.columns]
        hint = f"name the column to predict: --target NAME, one of: {_shown(names)}"
        raise WishError("NF-E304", f"{asked} needs a target", hint=hint, columns=names[:100])
    if peek.rows < FEWEST_ROWS:
        message = f"{peek.rows} row{'s' if peek.rows > 1 else ''}: too few to learn from"
        raise ColumnError("NF-E205", message, hint=f"give at least {FEWEST_ROWS} rows, better hundreds")
    task: Task = next((task for task in UNTARGETED if task == asked), "clustering")
    return Target(_NOTHING, task, "as you said" if asked else "no target was named")


def ordinal_target(peek: Peek, column: Column, wishes: Wishes) -> Target:
    """Classes in the order given, or in that of their numbers."""
    if wishes.task not in {None, "ordinal"}:
        hint = "leave --order out, or say --task ordinal"
        raise WishError("NF-E316", f"an order belongs to the task ordinal, not to {wishes.task}", hint=hint)
    classes = classes_of(peek, column)
    if len(classes) < 3:
        raise WishError("NF-E305", "an order needs three classes or more", hint="say --task binary")
    if wishes.order and sorted(wishes.order) != sorted(classes):
        hint = f"name each of them once, from low to high: {', '.join(classes[:20])}"
        raise WishError("NF-E316", f'the order does not name the classes of "{column.name}"', hint=hint)
    if not wishes.order and not all(math.isfinite(_number(label)) for label in classes):
        hint = f"say it from low to high with --order, for example --order {','.join(classes[:20])}"
        raise WishError("NF-E316", f'the classes of "{column.name}" are words, whose order must be told', hint=hint)
    classes = wishes.order or classes
    counts = tuple(peek.target_counts[label] for label in classes)
    why = "in the order you gave" if wishes.order else "in the order of their numbers"
    return Target(column, "ordinal", why, classes, counts, None, _rare(classes, counts))


def _quantile_target(peek: Peek, column: Column, wishes: Wishes) -> Target:
    levels = tuple(sorted(set(wishes.quantiles))) or QUANTILES
    if wishes.task not in {None, "quantile"}:
        hint = "leave --quantiles out, or say --task quantile"
        raise WishError("NF-E317", f"quantiles belong to the task quantile, not to {wishes.task}", hint=hint)
    if not all(0 < level < 1 for level in levels):
        raise WishError("NF-E317", "a quantile lies between 0 and 1", hint="for example --quantiles 0.1,0.5,0.9")
    if not peek.target_numbers:
        message = f'quantiles need numbers, and "{column.name}" has words such as {_few(peek)}'
        raise WishError("NF-E305", message, hint="choose another target")
    why = "the quantiles you asked for" if wishes.quantiles else "the middle and the limits of 80 %"
    return Target(column, "quantile", why, notes=unread_words(peek), quantiles=levels)


def named(peek: Peek, target: str) -> Column:
    """The column of this name.

    Raises:
        ColumnError: NF-E201 when there is none, or none that can be predicted.
    """
    names = [column.name for column in peek.columns]
    if target in names:
        return peek.columns[names.index(target)]
    if target in peek.refused:
        message = f'"{target}" {peek.refused[target]} and cannot be predicted'
        raise ColumnError("NF-E201", message, hint="choose another target")
    close = nearest(target, names)
    hint = f'did you mean "{close[0]}"?' if close else f"{peek.source} has: {_shown(names)}"
    raise ColumnError("NF-E201", f'there is no column "{target}"', hint=hint, suggestions=close)


def _shown(names: list[str]) -> str:
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


def refuse_empty(peek: Peek, column: Column) -> None:
    """Raises:
    ColumnError: NF-E202 no values, NF-E203 one value only, NF-E205 too few rows.
    """
    filled = peek.rows - peek.target_missing
    if not filled:
        hint = "choose another target"
        raise ColumnError("NF-E202", f'"{column.name}" has no value in any of {peek.rows:,} rows', hint=hint)
    if filled < FEWEST_ROWS:
        message = f'{filled} row{"s" if filled > 1 else ""} with a value of "{column.name}": too few to learn from'
        raise ColumnError("NF-E205", message, hint=f"give at least {FEWEST_ROWS} rows, better hundreds")
    if peek.target_distinct == 1:
        only = next(iter(peek.target_counts))
        message = f'"{column.name}" is "{only}" in every row that has one, so there is nothing to predict'
        raise ColumnError("NF-E203", message, hint="choose another target, or add rows with other values")


def _asked(peek: Peek, wishes: Wishes) -> tuple[Task, str]:
    if wishes.task in UNTARGETED:
        hint = f'leave --target out; to compare with "{wishes.asked}", say --truth {wishes.asked}'
        raise WishError("NF-E304", f"{wishes.task} has no target", hint=hint)
    _refuse_unknown(str(wishes.task))
    if wishes.task in {"multilabel", "multioutput", "multitask"}:
        hint = "name each with --target, or leave --task out"
        raise WishError("NF-E305", f"{wishes.task} needs several targets", hint=hint)
    if wishes.task not in {"regression", "count"}:
        return "multiclass", "as you said"
    if not peek.target_numbers:
        message = f'{wishes.task} needs numbers, and "{wishes.asked}" has words such as {_few(peek)}'
        raise WishError("NF-E305", message, hint="leave --task out")
    if wishes.task == "count":
        _refuse_no_counts(peek, wishes)
        return "count", "as you said"
    return "regression", "as you said"


def _refuse_unknown(task: str) -> None:
    if task not in _TASKS:
        close = nearest(task, _TASKS)
        hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(_TASKS)}"
        raise WishError("NF-E305", f'there is no task "{task}"', hint=hint, suggestions=close)


def _refuse_no_counts(peek: Peek, wishes: Wishes) -> None:
    odd = [label for label in peek.target_counts if not (_number(label) >= 0 and _number(label).is_integer())]
    if peek.target_numbers[0] < 0 or odd:
        shown = odd[0] if odd else f"{peek.target_numbers[0]:g}"
        message = f'a count is a whole number from 0 on, and "{wishes.asked}" has values such as {shown}'
        raise WishError("NF-E305", message, hint="say --task regression")


def _inferred(peek: Peek, column: Column) -> tuple[Task, str]:
    """Classification is reported as ``multiclass`` here; the number of classes decides."""
    distinct, filled = peek.target_distinct, peek.rows - peek.target_missing
    if column.kind == "series":
        hint = "name a column with one value for each series; to predict how it goes on, --forecast N"
        raise ColumnError("NF-E211", f'"{column.name}" holds series, which cannot be predicted', hint=hint)
    if column.kind == "datetime":
        hint = "make a number of it, for example days until then, and predict that"
        raise ColumnError("NF-E211", f'"{column.name}" holds dates, which cannot be predicted', hint=hint)
    if distinct == filled and (column.kind in {"id", "text"} or not peek.target_numbers):
        message = f'"{column.name}" has a different value in each of {filled:,} rows ({column.kind}: {column.why})'
        hint = "choose a target whose values repeat"
        if peek.target_numbers:
            hint += ", or say --task regression if they are amounts"
        raise ColumnError("NF-E204", message, hint=hint)
    if column.kind not in {"number", "id"} or not peek.target_numbers:
        return "multiclass", f"{distinct:,} different values that are not numbers"
    if distinct == 2:
        return "multiclass", "a number with two values is treated as yes/no"
    if distinct <= _FEW_NUMBERS and filled >= _ROWS_PER_NUMBER * distinct and _whole(peek):
        return "multiclass", f"only {distinct} different whole numbers in {filled:,} rows"
    return "regression", f"numbers with {distinct:,} different values"


def _whole(peek: Peek) -> bool:
    return all(number.is_integer() for number in map(_number, peek.target_counts))


def classes_of(peek: Peek, column: Column) -> tuple[str, ...]:
    """The target's values in order, by number where all are numbers.

    Raises:
        ColumnError: NF-E204 when there are too many, NF-E205 when fewer than two have rows enough.
    """
    if peek.target_distinct > MOST_CLASSES:
        message = (
            f'"{column.name}" has {peek.target_distinct:,} different values; at most {MOST_CLASSES} can be classes'
        )
        hint = "group rare values in the source" + (", or say --task regression" if peek.target_numbers else "")
        raise ColumnError("NF-E204", message, hint=hint)
    large = [label for label, count in peek.target_counts.items() if count >= FEWEST_OF_A_CLASS]
    if len(large) < 2:
        rare = min(peek.target_counts, key=lambda label: peek.target_counts[label])
        message = f'"{column.name}": only {peek.target_counts[rare]} rows are "{rare}"'
        raise ColumnError("NF-E205", message, hint=f"at least two classes need {FEWEST_OF_A_CLASS} rows or more each")
    numbers = {label: _number(label) for label in peek.target_counts}
    if all(math.isfinite(number) for number in numbers.values()):
        return tuple(sorted(numbers, key=lambda label: (numbers[label], label)))
    return tuple(sorted(numbers))


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return math.nan


def _positive_last(classes: tuple[str, ...], wishes: Wishes) -> tuple[str, ...]:
    if wishes.positive is None:
        return classes
    if wishes.positive not in classes:
        close = nearest(wishes.positive, classes)
        hint = f'did you mean "{close[0]}"?' if close else f"the classes are: {', '.join(classes[:20])}"
        raise WishError("NF-E306", f'"{wishes.positive}" is no class of "{wishes.asked}"', hint=hint)
    if len(classes) != 2:
        hint = "leave --positive out"
        raise WishError("NF-E306", f"a positive class belongs to two classes; there are {len(classes)}", hint=hint)
    return tuple(sorted(classes, key=lambda label: label == wishes.positive))


def _rare(classes: tuple[str, ...], counts: tuple[int, ...]) -> tuple[str, ...]:
    rare = [label for label, count in zip(classes, counts, strict=True) if count < FEWEST_OF_A_CLASS]
    if not rare:
        return ()
    return (f"too few rows to judge: {', '.join(rare[:10])} (fewer than {FEWEST_OF_A_CLASS} rows each)",)


def unread_words(peek: Peek) -> tuple[str, ...]:
    """What to say where values of a numeric target are no numbers."""
    words = [label for label in peek.target_counts if not math.isfinite(_number(label))]
    return (f"rows whose target cannot be read as a number are left out, such as {words[0]}",) if words else ()


def _few(peek: Peek) -> str:
    return ", ".join(f'"{label}"' for label in list(peek.target_counts)[:3])
