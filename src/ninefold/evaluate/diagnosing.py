"""The best single learner looked into: with fewer rows, with other settings, with other draws of the same rows.

Only where time is left over (never more than a twentieth of the run's), and never for what ships: nothing here changes
the model.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.parts import Value
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.results import Decomposition, FitCurve, Leaderboard
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop
from ninefold.diagnosis.bias_variance import squared, zero_one
from ninefold.evaluate.refits import Refits, refits

SHARES = (0.125, 0.25, 0.5)
"""Of the rows; the trial itself has learned from all of them."""
FOLDS = 2
"""Folds that curves are drawn over, where the trial was scored on so many."""
STEPS = (-0.3, -0.15, 0.15, 0.3)
"""Of the setting's interval, towards the simpler end."""
ROUNDS = 20
"""Bootstraps; mlxtend's usual 200 would cost ten times as much for one digit more."""


@dataclass(frozen=True)
class Diagnosis:
    curves: tuple[FitCurve, ...] = ()
    decomposition: Decomposition | None = None


def diagnosed(problem: Problem, dataset: Dataset, board: Leaderboard, context: Context) -> Diagnosis:
    """What the time left allows, in order: learning curve, validation curve, bias and variance (of one target that is
    no quantile)."""
    again = refits(problem, board, context, FOLDS * sum(SHARES))
    if again is None:
        return Diagnosis()
    plan = Plan.read(Workshop(context.run).plan)
    curves = [_learning_curve(again, plan)]
    if curves[0] and again.affordable(_folds(again) * len(STEPS)):
        curves.append(_validation_curve(again))
    parted = None
    if all(curves) and not problem.several and not problem.quantiles and again.affordable(ROUNDS):
        parted = _decomposed(again, plan, dataset)
    again.close()
    return Diagnosis(tuple(curve for curve in curves if curve), parted)


def _folds(again: Refits) -> int:
    return min(FOLDS, len(again.trial.scores))


def _learning_curve(again: Refits, plan: Plan) -> FitCurve | None:
    jobs = [dataclasses.replace(again.job(fold), share=share) for share in SHARES for fold in range(_folds(again))]
    rows = len(plan.folds[0].learned)
    return _curve(again, "rows", [*(round(share * rows) for share in SHARES), rows], jobs, len(SHARES))


def _validation_curve(again: Refits) -> FitCurve | None:
    """Over the first setting that holds the learner's complexity; None where it has none that could be moved."""
    trial = again.trial
    spaces = parts.spaces(parts.find("ninefold.learners", trial.learner))
    name = next((name for name, space in spaces.items() if space.simpler), None)
    if name is None:
        return None
    own = trial.settings[name]
    values = sorted({spaces[name].simplified(own, step) for step in STEPS} - {own}, key=_number)
    x = sorted([*values, own], key=_number)
    jobs = [_with(again.job(fold), name, value) for value in values for fold in range(_folds(again))]
    return _curve(again, name, [_number(value) for value in x], jobs, x.index(own)) if values else None


def _with(job: FitJob, name: str, value: Value) -> FitJob:
    return dataclasses.replace(job, settings=job.settings | {name: value})


def _number(value: Value) -> float:
    assert isinstance(value, (int, float))
    return float(value)


def _curve(again: Refits, axis: str, x: list[float], jobs: list[FitJob], own: int) -> FitCurve | None:
    """The points of ``jobs``, each on the first folds, and among them at place ``own`` the trial's own."""
    answers = again.done(jobs)
    if answers is None:
        return None
    done = [answer for answer, _ in answers]
    folds = _folds(again)
    points = [_scores(done[start : start + folds]) for start in range(0, len(done), folds)]
    points.insert(own, (again.trial.train_scores[:folds], again.trial.scores[:folds]))
    train, validation = zip(*points, strict=True)
    return FitCurve(again.trial.id, again.trial.title, axis, tuple(map(float, x)), train, validation)


Points = tuple[tuple[float, ...], tuple[float, ...]]


def _scores(done: list[FitDone]) -> Points:
    return tuple(d.train_score or 0.0 for d in done), tuple(d.score or 0.0 for d in done)


def _decomposed(again: Refits, plan: Plan, dataset: Dataset) -> Decomposition | None:
    """Bias and variance on the first fold's validation rows, over bootstraps of its training rows."""
    answers = again.done([dataclasses.replace(again.job(0), draw=draw) for draw in range(ROUNDS)])
    if answers is None:
        return None
    predictions = np.array([said for _, said in answers])
    found = _parts(predictions, dataset.rows.target[plan.folds[0].valid])
    return dataclasses.replace(found, title=again.trial.title)


def _parts(predictions: Array, y: Array) -> Decomposition:
    """``predictions`` [R, N, K]."""
    if predictions.shape[2] == 1:
        return squared(predictions[:, :, 0], y)
    return zero_one(predictions.argmax(axis=2), y)
