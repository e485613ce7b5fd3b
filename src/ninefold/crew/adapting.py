"""A learner in a task that is not on its card but made of one that is (`ninefold.core.tasks`)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form, Learner
from ninefold.core.tasks import alone, base_of
from ninefold.forms.columns import Columns
from ninefold.forms.floored import Floored


def fit(learner: Learner, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
    """The learner's own form where it solves the task; else one form per target side by side, each with its share of
    the time left; counts are learned as values and kept from falling below 0."""
    if data.task in learner.card.solves:
        return learner.fit(data, rng=rng, clock=clock)
    if data.task == "multitask":
        return _side_by_side(learner, data, rng, clock)
    if data.y.ndim == 2:
        left = range(data.y.shape[1], 0, -1)
        fits = (learner.fit(_alone(data, -t), rng=rng, clock=Clock(clock.left / t)) for t in left)
        return Columns(tuple(fits))
    form = learner.fit(_as_base(data), rng=rng, clock=clock)
    return Floored(form) if data.task == "count" else form


def _side_by_side(learner: Learner, data: Examples, rng: np.random.Generator, clock: Clock) -> Form:
    """A form for each of mixed targets, each learned from the rows that have it."""
    fits, count = list[Form](), len(data.levels)
    for t in range(count):
        fits.append(fit(learner, _of_mixed(data, t), rng=rng, clock=Clock(clock.left / (count - t))))
    return Columns(tuple(fits), tuple(int(width) for width in data.levels))


def _of_mixed(data: Examples, target: int) -> Examples:
    """One of mixed targets as the only one, in the rows that have it; nothing to stop on where none of those have."""
    width, known = int(data.levels[target]), ~np.isnan(data.y[:, target])
    y = data.y[known, target]
    stop = None if data.stop is None else _of_mixed(data.stop, target)
    return replace(
        data,
        x=data.x[known],
        y=y if width == 1 else y.astype(np.int64),
        task=alone(width),
        outputs=width,
        levels=(),
        place=data.place_of(target),
        stop=stop if stop is not None and len(stop.y) else None,
    )


def _alone(data: Examples, target: int) -> Examples:
    """One target of several as the only one."""
    task = base_of(data.task)
    stop = None if data.stop is None else _alone(data.stop, target)
    place = data.place_of(target % data.y.shape[1])
    yes = None if data.shares is None else data.shares[:, target]
    shares = None if yes is None else np.column_stack([1 - yes, yes])
    outputs = 2 if task == "binary" else 1
    return replace(data, y=data.y[:, target], task=task, outputs=outputs, place=place, stop=stop, shares=shares)


def _as_base(data: Examples) -> Examples:
    stop = None if data.stop is None else _as_base(data.stop)
    return replace(data, task=base_of(data.task), stop=stop)
