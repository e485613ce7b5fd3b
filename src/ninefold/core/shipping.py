"""Which trials may be members of the graph: one rule for the search that weighs them and the training that reweighs."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.results import MOST_BYTES


def may_ship(problem: Problem, learner: str, weight: int) -> bool:
    """False for forms of more than MOST_BYTES, or of more than the problem allows (``weight`` is in bytes), and for
    learners that keep training rows unless the problem allows it."""
    keeps_rows: bool = parts.find("ninefold.learners", learner).card.keeps_rows
    return weight <= min(MOST_BYTES, problem.limits.bytes or MOST_BYTES) and (problem.allow_rows or not keeps_rows)
