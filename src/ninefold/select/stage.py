"""Stage 5: search learners and settings within the budget; weigh an ensemble on out-of-fold predictions."""

from __future__ import annotations

import numpy as np

from ninefold.core.book import Context, digest
from ninefold.core.errors import NoModelError
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.recipe import Features
from ninefold.core.results import Leaderboard
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop
from ninefold.forms.blend import blended
from ninefold.select.candidates import mitigates
from ninefold.select.clustering import Clusterings
from ninefold.select.combining import combinations
from ninefold.select.detectors import detect
from ninefold.select.front import Speaker, front_of
from ninefold.select.logbook import Logbook
from ninefold.select.planning import plan_of
from ninefold.select.rounds import MORE_TIME
from ninefold.select.search import Search
from ninefold.select.speaking import listen
from ninefold.select.teaching import learn
from ninefold.select.trials import reasons_of
from ninefold_runtime.schema import SPOKEN


def select(problem: Problem, dataset: Dataset, features: Features, *, context: Context) -> Leaderboard:
    """Search until the time left is what the later stages need.

    Raises:
        NoModelError: when no learner could be fitted on any fold, with the reasons.
    """
    if problem.task in SPOKEN:
        return listen(problem, dataset, features, context=context)
    plan = plan_of(problem, dataset.rows)
    logbook = Logbook(context, digest((problem, dataset, features), context.run), len(plan.folds))
    plan.write(Workshop(context.run).plan)
    if problem.task == "clustering":
        return Clusterings(problem, dataset, logbook, len(plan.folds), context=context).leaderboard()
    if problem.task == "anomaly":
        return detect(problem, dataset, plan, logbook, context=context)
    if problem.teaching is not None:
        learn(problem.teaching, problem, dataset, context)
    search = Search(problem, dataset, features, plan, logbook, context=context)
    search.run()
    trials = tuple(entry.trial(search.learners) for entry in search.entries)
    if not search.ensemble.weights:
        reasons = reasons_of((trial.learner, trial.why) for trial in trials)
        raise NoModelError("NF-E601", f"no learner could be fitted on any fold: {reasons}", hint=MORE_TIME)
    metric = metric_for(problem, problem.metric)
    y, ensemble = dataset.rows.target, search.ensemble
    ways, stacked = combinations(problem, y, ensemble.out_of_fold, ensemble.weights, search.shippable())
    blend, weights = ensemble.stacked() if stacked else ensemble.blend(), ensemble.weights
    front = front_of(
        problem,
        dataset,
        Speaker("the ensemble, one threshold", "ensemble", weights, blend, stacked),
        [trials[entry.id] for entry in search.shippable() if mitigates(entry.candidate, search.learners)],
        ensemble.out_of_fold,
    )
    if front is not None:
        chosen = front.choices[front.chosen]
        weights, stacked = chosen.weights, chosen.stacked
        blend = blend if stacked else blended(ensemble.out_of_fold, weights)
    return Leaderboard(
        metric=problem.metric,
        higher_is_better=metric.higher_is_better,
        trials=trials,
        baseline=next(t.id for t in trials if t.learner == "baseline"),
        weights=weights,
        ensemble_scores=_fold_scores(problem, plan, y, blend),
        predictions=context.folder,
        why_stopped=search.why_stopped,
        geometry=search.geometry,
        combinations=ways,
        stacked=stacked,
        front=front,
    )


def _fold_scores(problem: Problem, plan: Plan, y: Array, blend: Array) -> tuple[float, ...]:
    """The blend's score on each fold's validation rows, as single trials are scored."""
    metric = metric_for(problem, problem.metric)
    seen = [fold.valid for fold in plan.folds if not np.isnan(blend[fold.valid]).any()]
    return tuple(float(metric.score(y[valid], blend[valid])) for valid in seen)
