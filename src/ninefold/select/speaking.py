"""The search where texts are learned from: every speaker once, judged by what its graph says of rows held back.

Fits take minutes, so there is one part that is held back and not several folds (decision 45), and the fit that was
judged is the one that ships: a second one on all rows would take the time that a longer first one can use.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context, digest
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Problem
from ninefold.core.recipe import Features
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop
from ninefold.forms.speaking import BASELINE, SPEAKERS
from ninefold.select.candidates import Candidate, installed
from ninefold.select.logbook import Logbook
from ninefold.select.rounds import Rounds
from ninefold_runtime.schema import WORDED

JUDGED, MOST_JUDGED = 0.1, 1_000
STOP, MOST_STOP = 0.03, 500
"""Share of the rows that fits are judged on, that they stop growing on, and how many these are at most."""


def listen(problem: Problem, dataset: Dataset, features: Features, *, context: Context) -> Leaderboard:
    """Fit every speaker that can be; the best score wins.

    Raises:
        NoModelError: when none could be fitted, with the reasons.
        WishError: when a wished speaker does not exist.
    """
    speakers = _eligible(problem)
    logbook = Logbook(context, digest((problem, dataset, features), context.run), 1)
    Plan((_held_out(problem, dataset.rows),)).write(Workshop(context.run).plan)
    metric = metric_for(problem, problem.metric)

    def trial(entry: Any) -> Trial:
        told: Trial = entry.trial(speakers)
        return told

    rounds = Rounds(problem, dataset, logbook, 1, trial, context=context)
    why_stopped = rounds.run(_candidates(speakers))
    trials = tuple(trial(entry) for entry in rounds.entries)
    scored = [each for each in trials if each.score is not None and each.state == "finished"]
    baseline = next((each.id for each in scored if each.learner == BASELINE[problem.task]), None)
    if baseline is None:
        raise rounds.nothing()
    sign = 1 if metric.higher_is_better else -1
    fitting = [each for each in scored if not _too_large(problem, each)] or scored
    best = max(fitting, key=lambda each: (sign * (each.score or 0.0), -each.id))
    return Leaderboard(
        metric=problem.metric,
        higher_is_better=metric.higher_is_better,
        trials=trials,
        baseline=baseline,
        weights={best.id: 1.0},
        ensemble_scores=best.scores,
        predictions=context.folder,
        why_stopped=why_stopped,
        spoken=True,
    )


def _too_large(problem: Problem, trial: Trial) -> bool:
    return problem.limits.bytes is not None and trial.bytes > problem.limits.bytes


def _eligible(problem: Problem) -> dict[str, type[Any]]:
    """Speakers that solve the task and were not excluded, by name; the baseline always."""
    for name in problem.learners:
        parts.find(SPEAKERS, name)
    wanted = {*problem.learners, BASELINE[problem.task]} if problem.learners else set(parts.names(SPEAKERS))
    found = {name: parts.find(SPEAKERS, name) for name in sorted(wanted)}
    return {name: part for name, part in found.items() if problem.task in part.card.solves and installed(part.card)}


def _candidates(speakers: dict[str, type[Any]]) -> list[Candidate]:
    """Quick ones first."""
    return [
        Candidate(name, parts.settings(part(**settings)), part.card.view)
        for name, part in sorted(speakers.items(), key=lambda pair: (pair[1].card.seconds, pair[0]))
        for settings in part.portfolio
    ]


def _held_out(problem: Problem, rows: Rows) -> Fold:
    """The last rows of a text or in time, whole groups, or a random part, with copies of a source on one side."""
    rng = np.random.default_rng([problem.seed, 5])
    order = _order(problem, rows, rng)
    count = len(order)
    judged = min(max(1, round(JUDGED * count)), MOST_JUDGED)
    stop = min(round(STOP * count), MOST_STOP) if count >= 100 else 0
    cut = count - judged
    learned, valid = order[:cut], order[cut:]
    if problem.task in WORDED and rows.times is None:
        key = _units(rows)
        seen = np.isin(key[learned], key[valid])
        learned, valid = learned[~seen], np.concatenate([valid, learned[seen]])
    if not len(learned):
        learned = valid
    split = max(1, len(learned) - stop)
    return Fold(np.sort(learned[:split]), np.sort(learned[split:]), np.sort(valid))


def _order(problem: Problem, rows: Rows, rng: np.random.Generator) -> Array:
    if problem.task == "language-model":
        return np.arange(len(rows))
    if rows.times is not None:
        return np.argsort(rows.times, kind="stable")
    if rows.groups is not None:
        units = _units(rows)
        return np.argsort(rng.permutation(units.max() + 1)[units], kind="stable")
    return np.asarray(rng.permutation(len(rows)))


def _units(rows: Rows) -> Array:
    """What must stay together, as numbers [N]: rows of one group, else rows of one target."""
    units = rows.target if rows.groups is None else rows.groups
    return np.asarray(np.unique(units.astype(str), return_inverse=True)[1])
