"""Several targets: all of them numbers, all of them yes/no, or of any kinds together."""

from __future__ import annotations

from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target, classes_of, named, refuse_empty, unread_words
from ninefold_runtime.schema import Column, Task, answers_of

_TASKS = ("multilabel", "multioutput", "multitask", "classification", "regression")
LACKING = 0.05
"""Share of the rows that a target may lack before leaving out the rows that lack one would be a waste."""
FEWEST_LABELS = 30
"""Rows that one of mixed targets needs: fewer may be missing from a fold altogether."""


def several_of(peek: Peek, wishes: Wishes) -> Target:
    """The targets together, in the order in which they were named.

    Raises:
        WishError: NF-E305 a task that they cannot have, NF-E306 a positive class, NF-E315 a name said twice, or
            answers of one name, NF-E318 groups compared where kinds are mixed.
        ColumnError: as `ninefold.problem.target.target_of`, for the target concerned.
    """
    twice = sorted({name for name in wishes.targets if wishes.targets.count(name) > 1})
    if twice:
        raise WishError("NF-E315", f'"{twice[0]}" is named twice', hint="name each target once")
    if wishes.positive is not None:
        hint = "leave --positive out: of each target the later of its two values in order counts as yes"
        raise WishError("NF-E306", "a positive class belongs to one target", hint=hint)
    columns = [named(peek, name) for name in wishes.targets]
    looks = [peek.at(name) for name in wishes.targets]
    for look, column in zip(looks, columns, strict=True):
        refuse_empty(look, column)
    task, why = _task(columns, looks, wishes)
    if task == "multitask":
        return _mixed(columns, looks, wishes, why)
    if task == "multioutput":
        notes = tuple(
            f"{name}: {note}" for name, look in zip(wishes.targets, looks, strict=True) for note in unread_words(look)
        )
        return Target(columns[0], task, why, notes=notes, several=wishes.targets)
    pairs = [classes_of(look, column) for look, column in zip(looks, columns, strict=True)]
    labels = tuple((pair[0], pair[1]) for pair in pairs)
    return Target(columns[0], task, why, several=wishes.targets, labels=labels)


def _task(columns: list[Column], looks: list[Peek], wishes: Wishes) -> tuple[Task, str]:
    _refuse_other_tasks(wishes)
    words = [c.name for c, look in zip(columns, looks, strict=True) if not look.target_numbers or c.kind == "boolean"]
    many = [column.name for column, look in zip(columns, looks, strict=True) if look.target_distinct != 2]
    if wishes.task == "multilabel" and many:
        message = f'"{many[0]}" does not have two values, which each of several labels needs'
        raise WishError("NF-E305", message, hint="say --task multitask, which takes any number of classes")
    if wishes.task == "multitask":
        return "multitask", "as you said"
    if wishes.task in {"multioutput", "regression"} and words:
        raise WishError("NF-E305", f'{wishes.task} needs numbers, and "{words[0]}" has none', hint="leave it out")
    if wishes.task in {"multioutput", "regression"}:
        return "multioutput", "as you said"
    if wishes.task == "multilabel" or (not many and not _lacking(looks)):
        return "multilabel", "as you said" if wishes.task else "each has two values"
    if wishes.task == "classification":
        return "multitask", "as you said, each with its own classes"
    if len(many) == len(columns) and not words and not _lacking(looks):
        return "multioutput", "each is a number"
    mixed = bool(words or len(many) < len(columns)) and len(many) > 0
    return "multitask", "numbers and categories together" if mixed else "many rows lack one of them"


def _lacking(looks: list[Peek]) -> bool:
    return max(look.target_missing / look.rows for look in looks) > LACKING


def _mixed(columns: list[Column], looks: list[Peek], wishes: Wishes, why: str) -> Target:
    """Every target with two values, or with words, is a category, unless classes are asked for."""
    if wishes.sensitive:
        hint = "leave --sensitive out, or run one of the targets alone"
        raise WishError("NF-E318", "groups cannot be compared where numbers and categories are predicted", hint=hint)
    choices, notes = list[tuple[str, ...]](), list[str]()
    for column, look in zip(columns, looks, strict=True):
        _refuse_few(look, column)
        number = look.target_distinct > 2 and look.target_numbers and wishes.task != "classification"
        choices.append(() if number else classes_of(look, column))
        notes += [f"{column.name}: {note}" for note in (unread_words(look) if number else ())]
        if look.target_missing:
            notes.append(f"{column.name}: {look.target_missing:,} of {look.rows:,} rows lack it, and teach the others")
    answers = answers_of(wishes.targets, tuple(choices))
    twice = sorted({name for name in answers if answers.count(name) > 1})
    if twice:
        raise WishError("NF-E315", f'two answers would be called "{twice[0]}"', hint="rename a target or a class")
    return Target(columns[0], "multitask", why, notes=tuple(notes), several=wishes.targets, choices=tuple(choices))


def _refuse_few(look: Peek, column: Column) -> None:
    labelled = look.rows - look.target_missing
    if labelled < FEWEST_LABELS:
        message = f'{labelled} rows have a value of "{column.name}": too few beside other targets'
        raise ColumnError("NF-E205", message, hint=f"give at least {FEWEST_LABELS}, or leave it out")


def _refuse_other_tasks(wishes: Wishes) -> None:
    if wishes.order or wishes.quantiles:
        hint = "name one target, or leave them out"
        raise WishError("NF-E305", "an order and quantiles belong to one target", hint=hint)
    if wishes.task is None or wishes.task in _TASKS:
        return
    close = nearest(wishes.task, _TASKS)
    hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(_TASKS)}, or name one target"
    raise WishError("NF-E305", f'several targets cannot be predicted as "{wishes.task}"', hint=hint, suggestions=close)
