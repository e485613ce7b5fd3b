"""What a student can be: small settings of a few learners, and beside them the one that learns the truth alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ninefold.core import parts
from ninefold.core.lesson import TAUGHT
from ninefold.core.parts import Value
from ninefold.core.problem import Problem
from ninefold.select.candidates import RIVAL, Candidate, portfolio

BOOSTED: tuple[dict[str, Value], ...] = tuple(
    {
        "trees": trees,
        "leaves": leaves,
        "learning_rate": rate,
        "feature_fraction": 0.7,
        "bagging": 1.0,
        "min_rows": 20,
        "patience": 500,
    }
    for trees, leaves, rate in (
        (60, 15, 0.2),
        (120, 31, 0.12),
        (60, 127, 0.15),
        (250, 31, 0.08),
        (500, 31, 0.05),
        (120, 255, 0.08),
        (1000, 31, 0.03),
        (250, 127, 0.05),
        (500, 127, 0.03),
    )
)
"""From nine hundred leaves in all to sixty thousand. A row's way through a tree is hardly longer where that has more
leaves: few large trees answer as quickly as few small ones, and say more where there are rows enough."""
SMALL: Mapping[str, tuple[dict[str, Value], ...]] = {
    "lightgbm": BOOSTED,
    "lightgbm_encoded": BOOSTED,
    "cnn": ({"width": 8}, {"width": 16}),
    "mlp": ({"width": 64}, {}),
    "tabm": ({"members": 2, "width": 32, "embedding": 4}, {"members": 4, "width": 64}),
}
"""Settings of a small student by learner; of others, the first of their portfolio."""


def students(problem: Problem, learners: Mapping[str, type[Any]]) -> dict[str, tuple[Candidate, ...]] | None:
    """The candidates of a student's run by learner, smallest first; None where no student is wanted."""
    if problem.teaching is None:
        return None
    planned = {name: _of(name, part, taught=name in problem.learners) for name, part in learners.items()}
    settings = parts.settings(learners[RIVAL](**problem.teaching.rival))
    planned[RIVAL] = (Candidate(RIVAL, settings, learners[RIVAL].card.view), *planned[RIVAL])
    return planned


def _of(name: str, part: type[Any], *, taught: bool) -> tuple[Candidate, ...]:
    if name == "baseline":
        return portfolio(name, part)
    if not taught:
        return ()
    small = SMALL.get(name, part.portfolio[:1])
    every = (Candidate(name, parts.settings(part(**values)), part.card.view) for values in small)
    return tuple(dataclasses.replace(candidate, augment=TAUGHT) for candidate in every)
