"""A trunk shared by all targets against a network for each: losses of the same rows, subtracted target by target.

Compared are the best trials of either way of a learner that has the setting ``trunk``: out of fold, and, fitted again
on all training rows, on the sealed rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ninefold.core import mixed
from ninefold.core.book import Context
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitJob
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.sharing import Shared, Sharing
from ninefold.core.shipping import on_all_rows
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop, load_array
from ninefold.diagnosis.intervals import NORMAL, mean_and_error, resampling

SETTING, JOINT, SEPARATE = "trunk", "shared", "separate"
SHARE = 0.3
"""Of the time left that the two fits on all rows may take."""
MORE_ROWS = 1.25
"""A fit on all rows against one on a fold's."""
FEWEST = 10
"""Rows that have a target, below which nothing is said of it."""


def sharing_of(
    problem: Problem, dataset: Dataset, board: Leaderboard, sealed: Rows, context: Context
) -> Sharing | None:
    """None where there is one target, or no learner was tried both ways."""
    pair = _pair(board) if problem.several else None
    if pair is None:
        return None
    units = _Units.of(problem, dataset.rows.target)
    workshop = Workshop(context.run)
    told = [*_out_of_fold(pair, units, dataset, workshop)]
    fit = partial(on_all_rows, rows=dataset.train_rows, seed=problem.seed)
    told += _on_sealed(pair, units, fit, sealed, context)
    weights = tuple(
        sum((board.weights.get(t.id, 0.0) for t in board.trials if t.settings.get(SETTING) == way), 0.0)
        for way in (JOINT, SEPARATE)
    )
    return Sharing(pair[0].title, pair[0].id, pair[1].id, (weights[0], weights[1]), tuple(told))


Pair = tuple[Trial, Trial]
Fit = Callable[[Trial, float], FitJob]
"""A fit on all rows, by the seconds that it may take."""


def _pair(board: Leaderboard) -> Pair | None:
    """The best trial of either way, of the learner whose best is best."""
    known = [t for t in board.trials if t.scores and t.settings.get(SETTING) in (JOINT, SEPARATE)]
    ranked = sorted(known, key=lambda trial: (-len(trial.scores), trial.loss or 0.0))
    for learner in dict.fromkeys(trial.learner for trial in ranked):
        ways = [[t for t in ranked if t.learner == learner and t.settings[SETTING] == w] for w in (JOINT, SEPARATE)]
        if all(ways):
            return ways[0][0], ways[1][0]
    return None


@dataclass(frozen=True, eq=False)
class _Units:
    """Turns predictions into losses [N, T] of each target in units of what knowing nothing costs on the training rows,
    NaN where a row lacks the target."""

    names: tuple[str, ...]
    widths: tuple[float, ...]
    costs: Array

    @classmethod
    def of(cls, problem: Problem, y: Array) -> _Units:
        widths = problem.levels or ((2.0 if problem.labels else 1.0,) * len(problem.several))
        return cls(problem.several, widths, mixed.costs(y.astype(np.float64), widths))

    def losses(self, y: Array, said: Array) -> Array:
        y = y.astype(np.float64)
        if said.shape[1] < sum(self.widths):  # labels: the probability of yes alone
            said = np.stack([1 - said, said], axis=2).reshape(len(said), -1)
        each = mixed.losses(y, self.widths, mixed.judged(y, self.widths, said)) / self.costs
        return np.where(np.isnan(y), np.nan, each)


def _out_of_fold(pair: Pair, units: _Units, dataset: Dataset, workshop: Workshop) -> Iterator[Shared]:
    """On the folds that both were scored on; a row that was validated more than once counts by its mean."""
    folds = Plan.read(workshop.plan).folds[: min(len(trial.scores) for trial in pair)]
    total = np.zeros((2, dataset.train_rows, len(units.names)))
    count = np.zeros(dataset.train_rows)
    for number, fold in enumerate(folds):
        count[fold.valid] += 1
        for way, trial in enumerate(pair):
            said = np.asarray(load_array(workshop.predictions(trial.id, number)))
            total[way, fold.valid] += units.losses(dataset.rows.target[fold.valid], said)
    seen = count > 0
    losses = total[:, seen] / count[seen, None]
    yield from _compared(units, losses, resampling(dataset.rows).codes[seen], "validation")


def _on_sealed(pair: Pair, units: _Units, fit: Fit, sealed: Rows, context: Context) -> Iterator[Shared]:
    """Nothing where time does not allow two more fits."""
    first = 1 + max(trial.id for trial in pair)
    said = _refitted({first + place: trial for place, trial in enumerate(pair)}, fit, sealed, context)
    if said is not None:
        losses = np.stack([units.losses(sealed.target, each) for each in said])
        yield from _compared(units, losses, resampling(sealed).codes, "sealed")


def _refitted(trials: Mapping[int, Trial], fit: Fit, sealed: Rows, context: Context) -> list[Array] | None:
    """What either says of the sealed rows; None where time does not allow it, or one of them failed."""
    from ninefold.forms.onnx import Session

    clock, crew, workshop = context.share(SHARE), context.crew(), Workshop(context.run)
    each = max(trial.seconds / len(trial.scores) for trial in trials.values())
    if MORE_ROWS * each * (1 if crew.size > 1 else 2) > clock.left:
        return None
    context.progress("fitting a shared and separate networks on all rows", 0.92)
    for number, trial in trials.items():
        crew.submit(replace(fit(trial, min(clock.left, 3600.0)), trial=number))
    answers = list[bool]()
    while len(answers) < len(trials) and clock.left > 0 and not context.stop.is_set():
        answers += [answer.state == "ok" for answer in crew.wait(min(clock.left, 0.5))]
    crew.drop()
    try:
        if len(answers) < len(trials) or not all(answers):
            return None
        folders = [workshop.member(number) for number in trials]
        views = [Session((folder / "view.onnx").read_bytes()).run(sealed.columns)["x"] for folder in folders]
        forms = [Session((folder / "form.onnx").read_bytes()) for folder in folders]
        return [form.run({"x": view})["y"] for form, view in zip(forms, views, strict=True)]
    finally:
        shutil.rmtree(workshop.views, ignore_errors=True)
        for number in trials:
            shutil.rmtree(workshop.member(number), ignore_errors=True)


def _compared(units: _Units, losses: Array, codes: Array, where: str) -> Iterator[Shared]:
    """``losses`` [2, N, T] of the joint way and the separate one."""
    for t, name in enumerate(units.names):
        known = ~np.isnan(losses[0, :, t])
        if known.sum() < FEWEST:
            continue
        joint, separate = losses[:, known, t]
        more, error = mean_and_error(joint - separate, np.unique(codes[known], return_inverse=True)[1])
        half = NORMAL * error
        means = float(joint.mean()), float(separate.mean())
        yield Shared(name, where, int(known.sum()), *means, more, more - half, more + half)
