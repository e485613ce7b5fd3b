"""What is tried for the sake of fairness, where it is asked for: at once, not when a learner's turn comes, as it must
not win by its loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ninefold.core.fairness import REWEIGHED
from ninefold.core.problem import Problem
from ninefold.select.advice import BASELINE
from ninefold.select.candidates import Candidate, mitigates, portfolio
from ninefold.select.trials import Entry

FIRST, LEARNERS = 4, 3
"""Finished trials before anything is tried; learners, the best at the time, that are had again on reweighed rows."""


def mitigating(
    problem: Problem, begun: Sequence[Entry], finished: Sequence[Entry], learners: Mapping[str, type[Any]]
) -> list[Candidate]:
    """What is still to be tried: the best trial on reweighed rows, learners under a constraint, then the next best
    trials of other learners on reweighed rows. ``finished`` are best first."""
    if problem.fair is None or len(finished) < FIRST:
        return []
    tried = {entry.candidate.learner for entry in begun}
    bound = [portfolio(name, part)[0] for name, part in learners.items() if part.card.mitigates and name not in tried]
    again = _reweighed(begun, finished, learners)
    none = not any(entry.candidate.augment == REWEIGHED for entry in begun)
    return [*again[:none], *bound, *again[none:]]


def _reweighed(begun: Sequence[Entry], finished: Sequence[Entry], learners: Mapping[str, type[Any]]) -> list[Candidate]:
    """The best trials, each of another learner; without learners that have been had again."""
    plain = [entry for entry in finished if not mitigates(entry.candidate, learners) and not entry.candidate.augment]
    best = {entry.candidate.learner: entry for entry in reversed(plain) if entry.candidate.learner != BASELINE}
    order = [entry for entry in plain if best.get(entry.candidate.learner) is entry][:LEARNERS]
    had = {entry.candidate.learner for entry in begun if entry.candidate.augment == REWEIGHED}
    return [
        dataclasses.replace(entry.candidate, augment=REWEIGHED, because="", parent=entry.id)
        for entry in order
        if entry.candidate.learner not in had
    ]
