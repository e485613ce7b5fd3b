"""What decisions cost: a matrix as the user gave it, by order or by name, checked and made into costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ninefold.core.errors import WishError, nearest
from ninefold.core.problem import Wishes
from ninefold.problem.target import Target

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Costs:
    """``matrix`` [true][predicted] in the order of the classes, always as costs; empty where none were given."""

    matrix: Matrix = ()
    gains: bool = False
    """They were given as gains, the sign turned."""
    notes: tuple[str, ...] = ()


def costs_of(target: Target, wishes: Wishes) -> Costs:
    """The wished costs or gains.

    Raises:
        WishError: NF-E313 when both are given, when there are no classes to decide between, when they are not one
            finite number for each true and predicted class, or when no model could be of use by them.
    """
    given, gains = wishes.gains or wishes.costs, bool(wishes.gains)
    if not given:
        return Costs()
    word = "gains" if gains else "costs"
    if wishes.gains and wishes.costs:
        raise WishError("NF-E313", "costs and gains are the same with the sign turned", hint="give one of them")
    if not target.classes:
        raise WishError("NF-E313", f"{word} belong to the classes of one target", hint=f"leave --{word} out")
    named = isinstance(given, Mapping)
    matrix = _by_name(target, given, word) if isinstance(given, Mapping) else _square(target, given, word)
    if any(not 0 <= abs(cost) < float("inf") for row in matrix for cost in row):
        raise WishError("NF-E313", f"one of the {word} is not a finite number", hint="give plain numbers")
    costs = tuple(tuple(0.0 - value for value in row) for row in matrix) if gains else matrix
    _refuse_senseless(costs, target.classes, word)
    return Costs(costs, gains, (_UNSAID[word],) if named and len(_said(given)) < len(target.classes) ** 2 else ())


_UNSAID = {
    "costs": "of the costs that were not named a mistake costs 1, a right decision 0",
    "gains": "gains that were not named are 0",
}


def _said(given: object) -> list[tuple[str, str]]:
    """The cells that are named: true class, predicted class."""
    return [(true, said) for true, row in given.items() for said in row] if isinstance(given, Mapping) else []


def _by_name(target: Target, given: Mapping[str, Mapping[str, float]], word: str) -> Matrix:
    """What is not said costs 1 where it is a mistake; of gains it is 0."""
    for name in dict.fromkeys(name for cell in _said(given) for name in cell) | dict.fromkeys(given):
        if name not in target.classes:
            close = nearest(name, target.classes)
            hint = f'did you mean "{close[0]}"?' if close else f"the classes are: {', '.join(target.classes)}"
            raise WishError("NF-E313", f'{word}: there is no class "{name}"', hint=hint, suggestions=close)
    return tuple(
        tuple(
            float(given.get(true, {}).get(said, 0.0 if true == said or word == "gains" else 1.0))
            for said in target.classes
        )
        for true in target.classes
    )


def _square(target: Target, given: Matrix, word: str) -> Matrix:
    size = len(target.classes)
    shape = (len(given), *sorted({len(row) for row in given}))
    if shape != (size, size):
        got = f"{shape[0]} rows of {' or '.join(map(str, shape[1:]))} numbers"
        hint = f"one row per true class, one number per predicted class, in this order: {', '.join(target.classes)}"
        raise WishError("NF-E313", f"{word} for {size} classes must be {size} × {size}, these are {got}", hint=hint)
    return given


def _refuse_senseless(costs: Matrix, classes: tuple[str, ...], word: str) -> None:
    """Being right must be worth more than being wrong, and no class may be the best answer whatever is true (the
    reasonableness of Elkan 2001): else there is nothing to decide."""
    more = "cost less" if word == "costs" else "gain more"
    hint = f"write {word}[true][predicted]" + ("; should these be --gains?" if word == "costs" else "")
    for place, row in enumerate(costs):
        if min(row) < row[place]:
            wrong = classes[row.index(min(row))]
            message = f'{word}: where "{classes[place]}" is true, deciding "{wrong}" must not {more} than being right'
            raise WishError("NF-E313", message, hint=hint)
    for place, name in enumerate(classes):
        if all(row[place] <= min(row) for row in costs):
            message = f'{word}: deciding "{name}" is best whatever is true, so that no model is needed'
            raise WishError("NF-E313", message, hint=hint)
