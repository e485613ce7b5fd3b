"""The ensemble in the making: out-of-fold predictions of finished trials, and the weights that blend them best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ninefold.core.loss import Loss, loss, loss_per_row
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold.core.workshop import Workshop, load_array, save_array
from ninefold.forms.blend import blended, greedy
from ninefold.forms.stack import cross_stacked
from ninefold.select.trials import Entry

MEMBERS, CONTENDERS, OF_A_LEARNER = 6, 20, 2
SHARES = (0.1, 0.25)
"""Of a trial that might join: enough to tell whether it errs where the others do not."""
GAIN = 5e-4
"""The blend has become better when its loss fell by this share."""
ERRORS = 2.0
"""Standard errors of a mean over rows that are no chance."""


class Ensemble:
    """``weights``: trial id to weight. ``y`` [N] is the target, ``may_ship`` says which trials may be members."""

    def __init__(
        self, problem: Problem, y: Array, plan: Plan, workshop: Workshop, may_ship: Callable[[Entry], bool]
    ) -> None:
        self._problem, self._y, self._plan, self._workshop, self._may_ship = problem, y, plan, workshop, may_ship
        self._out_of_fold: dict[int, Array] = {}
        self._best_loss = np.inf
        self.weights: dict[int, float] = {}

    def take(self, entry: Entry) -> None:
        """Put a trial's predictions together from its folds; repeats are averaged, rows never validated are NaN."""
        total, count = np.zeros((len(self._y), self._problem.outputs)), np.zeros(len(self._y))
        for k in entry.scored:
            valid = self._plan.folds[k].valid
            total[valid] += load_array(self._workshop.predictions(entry.id, k))
            count[valid] += 1
        with np.errstate(invalid="ignore"):
            self._out_of_fold[entry.id] = total / count[:, None]
        save_array(self._workshop.out_of_fold(entry.id), self._out_of_fold[entry.id])

    def weigh(self, ranked: Sequence[Entry]) -> bool:
        """Weigh the trials taken so far, ``ranked`` best first; returns whether the blend became better."""
        allowed = _contenders([entry for entry in ranked if entry.id in self._out_of_fold and self._may_ship(entry)])
        if not allowed:
            return False
        predictions = {entry.id: self._out_of_fold[entry.id] for entry in allowed}
        asked, bytes_of = self._problem, {entry.id: entry.bytes for entry in allowed}
        most = MEMBERS if asked.teaching is None else 1
        self.weights = greedy(predictions, self._y, asked.task, most, asked.levels, weighing=bytes_of)
        reached = self._loss()
        better = not np.isfinite(self._best_loss) or reached < self._best_loss - GAIN * abs(self._best_loss)
        self._best_loss = reached if better else self._best_loss
        return better

    def gains_by(self, entry: Entry) -> bool:
        """Whether a share of the trial would lower the blend's loss on the last fold it was scored on."""
        if not self.weights or not self._may_ship(entry):
            return False
        fold = entry.scored[-1]
        valid = self._plan.folds[fold].valid
        whole = Loss.against(self._problem.task, self._y[valid], self._problem.levels)
        ours = whole.judged(self.blend()[valid])
        theirs = whole.judged(load_array(self._workshop.predictions(entry.id, fold)))
        before, *after = (float(whole.of((1 - share) * ours + share * theirs).mean()) for share in (0.0, *SHARES))
        return min(after) < before * (1 - GAIN)

    def tells_apart(self, entry: Entry, other: Entry) -> bool:
        """Whether ``entry`` is better than ``other`` on the rows of its folds by more than chance among them makes."""
        better = np.concatenate([self._losses(other, k) - self._losses(entry, k) for k in entry.scored])
        return bool(better.mean() > ERRORS * better.std(ddof=1) / np.sqrt(len(better)))

    def _losses(self, entry: Entry, fold: int) -> Array:
        """Of each row of a fold that it was scored on."""
        said = load_array(self._workshop.predictions(entry.id, fold))
        return loss_per_row(self._problem.task, self._y[self._plan.folds[fold].valid], said, self._problem.levels)

    @property
    def out_of_fold(self) -> Mapping[int, Array]:
        """Predictions [N, K] of the trials taken so far, by trial."""
        return self._out_of_fold

    def blend(self) -> Array:
        """The ensemble's out-of-fold predictions [N, K]; NaN where a row was never validated."""
        return blended(self._out_of_fold, self.weights)

    def stacked(self) -> Array:
        """What a second layer over the members says [N, K] of rows that it was not fitted on; NaN as in `blend`."""
        members = {trial: self._out_of_fold[trial] for trial in self.weights}
        return cross_stacked(members, self._y, self._problem.task, self._problem.outputs, self._problem.seed)

    def _loss(self) -> float:
        blend = self.blend()
        seen = ~np.isnan(blend).any(axis=1)
        return loss(self._problem.task, self._y[seen], blend[seen], self._problem.levels)


def _contenders(ranked: Sequence[Entry]) -> list[Entry]:
    """The best trials of every learner, since those that err differently blend well; then the best of all."""
    of_learner: dict[str, int] = {}
    places = []
    for place, entry in enumerate(ranked):
        before = of_learner.get(entry.candidate.learner, 0)
        of_learner[entry.candidate.learner] = before + 1
        places.append((before >= OF_A_LEARNER, place))
    return [ranked[place] for _, place in sorted(places)][:CONTENDERS]
