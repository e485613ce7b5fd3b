"""Voting, weights or a second layer: each judged on rows it was not fitted on; a second layer must be clearly ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ninefold.core import parts
from ninefold.core.loss import loss_per_row
from ninefold.core.problem import Problem
from ninefold.core.results import Combination
from ninefold.core.table import Array
from ninefold.forms.blend import blended, greedy
from ninefold.forms.stack import SECOND, cross_stacked, dealt, seen_by_all
from ninefold.select.trials import Entry

VOTERS = 3
ROWS, CELLS = 5_000, 300_000
"""Rows that the ways are compared on at most; rows x members x classes² at most, which is what second layers cost."""
FEWEST = 200
CLEARLY = 2.0
"""Standard errors of the paired difference in loss that a second layer must be ahead by."""


def combinations(
    problem: Problem, y: Array, predictions: Mapping[int, Array], weights: Mapping[int, float], best: Sequence[Entry]
) -> tuple[tuple[Combination, ...], bool]:
    """The ways compared, and whether stacking is to be taken. ``predictions`` [N, K] are out of fold, by trial;
    ``best`` are the trials that may ship, best first. Nothing is compared where none may
    ship, or rows belong together."""
    if len(weights) < 2 or not best or problem.task not in SECOND or problem.group or problem.time:
        return (), False
    voters = tuple({entry.candidate.learner: entry.id for entry in reversed(best)}.values())[::-1][:VOTERS]
    needed = {trial: np.asarray(predictions[trial]) for trial in {*weights, *voters}}
    seen = seen_by_all(needed)
    most = min(ROWS, CELLS // (len(weights) * problem.outputs**2))
    if min(len(seen), most) < FEWEST:
        return (), False
    seen = seen[:: -(-len(seen) // most)]
    truth, known = y[seen], {trial: values[seen] for trial, values in needed.items()}
    members = {trial: known[trial] for trial in weights}
    said = {
        "voting": (voters, np.mean([known[trial] for trial in voters], axis=0)),
        "weights": (tuple(weights), _cross_weighed(problem, members, truth)),
        "stacking": (tuple(weights), cross_stacked(members, truth, problem.task, problem.outputs, problem.seed)),
    }
    losses = {kind: loss_per_row(problem.task, truth, blend) for kind, (_, blend) in said.items()}
    score: Callable[..., float] = parts.make("ninefold.metrics", problem.metric).score
    ways = tuple(
        Combination(kind, trials, float(score(truth, blend)), float(losses[kind].mean()))
        for kind, (trials, blend) in said.items()
    )
    return ways, _is_ahead(losses["weights"] - losses["stacking"])


def _cross_weighed(problem: Problem, members: Mapping[int, Array], y: Array) -> Array:
    """[N, K]: blends whose weights were found on other rows."""
    out = np.full((len(y), problem.outputs), np.nan)
    for inside, outside in dealt(len(y), problem.seed):
        weights = greedy({t: v[inside] for t, v in members.items()}, y[inside], problem.task, len(members))
        out[outside] = blended({t: v[outside] for t, v in members.items()}, weights)
    return out


def _is_ahead(gain: Array) -> bool:
    return bool(gain.mean() > CLEARLY * gain.std(ddof=1) / np.sqrt(len(gain)))
