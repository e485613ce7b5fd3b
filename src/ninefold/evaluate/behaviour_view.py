"""What moves the answers and how far they can be trusted, as tables and figures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.behaviour import Behaviour, Followed
from ninefold.core.results import Evaluation
from ninefold.core.section import Figure, Series, Table
from ninefold.evaluate.written import number

_PDP, _ALE = "PDP", "ALE"
_MOST = 12
"""Rows of a table of promises that is shown at once."""
_NOTE = "PDP: the mean of all rows, with the range of 80 % of them. ALE: the effect where rows are."


def tables(evaluation: Evaluation) -> Iterator[Table]:
    """Groups of columns, and what intervals or sets are worth."""
    if evaluation.behaviour is None:
        return
    yield from _promises(evaluation.behaviour, of_classes=bool(evaluation.classes))
    yield from _by_class(evaluation.behaviour)
    yield from _together(evaluation.behaviour, evaluation.importance_metric)


def figures(evaluation: Evaluation) -> Iterator[Figure]:
    """One for each column that was followed."""
    for each in evaluation.behaviour.followed if evaluation.behaviour else ():
        answer = f"probability of {each.output}" if evaluation.classes else f"predicted {each.output}"
        yield _lines(each, answer) if isinstance(each.places[0], float) else _bars(each, answer)


def _promises(behaviour: Behaviour, *, of_classes: bool) -> Iterator[Table]:
    if behaviour.promises:
        what, size = ("sets", "classes in the set") if of_classes else ("intervals", "width")
        several = ("target",) if behaviour.promises[0].target else ()
        headings = (*several, "promised", "held", "95 % from", "to", f"mean {size}", "95 % from", "to")
        rows = tuple(
            (*((p.target,) if several else ()), p.level, p.observed, p.low, p.high, p.size, p.size_low, p.size_high)
            for p in behaviour.promises
        )
        yield Table(f"Do conformal {what} hold the truth as often as promised?", headings, rows, wide=len(rows) > _MOST)


def _by_class(behaviour: Behaviour) -> Iterator[Table]:
    if len(behaviour.by_class) > 2:
        rows = tuple((c.name, c.rows, c.observed, c.low, c.high) for c in behaviour.by_class)
        level = behaviour.by_class[0].level
        title = f"Share of each class's rows whose {level:.0%} set holds it"
        yield Table(title, ("class", "rows", "held", "95 % from", "to"), rows, wide=True)


def _together(behaviour: Behaviour, metric: str) -> Iterator[Table]:
    if behaviour.together:
        rows = tuple((", ".join(t.columns), t.drop, t.low, t.high, t.alone) for t in behaviour.together)
        headings = ("shuffled together", f"{metric} lost", "95 % from", "to", "at most, one alone")
        title = f"Columns that say much the same (association from {behaviour.threshold:g})"
        yield Table(title, headings, rows, topic="explanation")


def _lines(followed: Followed, answer: str) -> Figure:
    series = (
        Series(_PDP, followed.places, followed.mean, followed.low, followed.high),
        Series(_ALE, followed.effect_places, followed.effect),
    )
    return Figure("lines", _title(followed, answer), series, followed.column, answer, _NOTE, topic="explanation")


def _bars(followed: Followed, answer: str) -> Figure:
    effect = dict(zip(followed.effect_places, followed.effect, strict=True))
    series = (
        Series(_PDP, followed.places, followed.mean, followed.low, followed.high),
        Series(_ALE, followed.places, tuple(effect[place] for place in followed.places)),
    )
    return Figure("bars", _title(followed, answer), series, followed.column, answer, _NOTE, topic="explanation")


def _title(followed: Followed, answer: str) -> str:
    """What is seen, by the effect where rows are: it rises, it falls, or it moves between two values."""
    effect = np.array(followed.effect)
    low, high = number(float(effect.min())), number(float(effect.max()))
    steps = np.diff(effect)
    share = np.abs(steps).sum()
    told = answer[0].upper() + answer[1:]
    if share and isinstance(followed.places[0], float):
        if steps.sum() >= 0.9 * share:
            return f"{told} rises with {followed.column}, from {low} to {high}"
        if -steps.sum() >= 0.9 * share:
            return f"{told} falls with {followed.column}, from {high} to {low}"
    return f"{told} moves between {low} and {high} with {followed.column}"
