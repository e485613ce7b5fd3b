"""Several targets: all of them numbers, or all of them yes/no."""

from __future__ import annotations

from ninefold.core.errors import WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target, classes_of, named, refuse_empty, unread_words
from ninefold_runtime.schema import Column, Task

_TASKS = ("multilabel", "multioutput", "classification", "regression")


def several_of(peek: Peek, wishes: Wishes) -> Target:
    """The targets together, in the order in which they were named.

    Raises:
        WishError: NF-E305 a task that they cannot have, NF-E306 a positive class, NF-E315 numbers and labels mixed,
            or a name said twice.
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
    if wishes.task in {"multilabel", "classification"} and many:
        message = f'"{many[0]}" does not have two values, which each of several labels needs'
        raise WishError(
            "NF-E305", message, hint="run it alone: several targets with more than two classes are not in this version"
        )
    if wishes.task in {"multioutput", "regression"} and words:
        raise WishError("NF-E305", f'{wishes.task} needs numbers, and "{words[0]}" has none', hint="leave it out")
    if wishes.task in {"multioutput", "regression"}:
        return "multioutput", "as you said"
    if not many:
        return "multilabel", "as you said" if wishes.task else "each has two values"
    if not words:
        return "multioutput", "each is a number"
    message = f'"{words[0]}" is not a number, and "{many[0]}" does not have two values'
    hint = "several targets must all be numbers, or all have two values: run the others alone"
    raise WishError("NF-E315", message, hint=hint)


def _refuse_other_tasks(wishes: Wishes) -> None:
    if wishes.order or wishes.quantiles:
        hint = "name one target, or leave them out"
        raise WishError("NF-E305", "an order and quantiles belong to one target", hint=hint)
    if wishes.task is None or wishes.task in _TASKS:
        return
    close = nearest(wishes.task, _TASKS)
    hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(_TASKS)}, or name one target"
    raise WishError("NF-E305", f'several targets cannot be predicted as "{wishes.task}"', hint=hint, suggestions=close)
