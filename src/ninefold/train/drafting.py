"""A graph of fitted members that still has to be proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.results import Calibration, Leaderboard, Member
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.blend import blended
from ninefold.forms.calibration import calibrated
from ninefold.forms.stack import Stack, cross_stacked, fit_stack, seen_by_all
from ninefold.train import anomalies, clusters
from ninefold.train.blueprint import Blueprint
from ninefold.train.calibrating import calibration_of
from ninefold.train.composing import compose
from ninefold.train.deciding import decision_of
from ninefold.train.gate import Gate
from ninefold.train.members import card_of
from ninefold.train.policy import policy_of


@dataclass(frozen=True, eq=False)
class Case:
    """What a graph is made of and for, and the rows that it is tried on."""

    problem: Problem
    dataset: Dataset
    board: Leaderboard
    gate: Gate
    workshop: Workshop


@dataclass(frozen=True, eq=False)
class Draft:
    """``out_of_fold`` [N, K] is calibrated; of clusters, what the graph says."""

    blueprint: Blueprint
    graph: bytes
    columns: tuple[str, ...]
    out_of_fold: Array


def drafted(case: Case, members: Sequence[Member], kind: str = "") -> Draft:
    """The graph of the members; with a ``kind`` those that can have numbers of 8 bits of that kind have them."""
    problem, dataset, board, workshop = case.problem, case.dataset, case.board, case.workshop
    views: dict[int, str] = {member.trial: board.trial(member.trial).view for member in members}
    tolerance = max(card_of(member.learner).tolerance for member in members)
    if problem.task == "clustering":
        problem, none = clusters.named(problem, members[0], workshop), Calibration("none")
        blueprint = Blueprint(problem, tuple(members), views, none, clusters.MOST_MEMBER, tolerance)
        graph, columns = compose(blueprint, dataset.columns, workshop)
        return Draft(blueprint, graph, columns, clusters.memberships(graph, problem, dataset))
    out_of_fold = {member.trial: _out_of_fold(case, member.trial, kind) for member in members}
    stack, blend = _combined(case, members, out_of_fold)
    if problem.task == "anomaly":
        blueprint = anomalies.blueprint_of(problem, list(members), views, tolerance, blend)
        assert blueprint.scale is not None
        return Draft(blueprint, *compose(blueprint, dataset.columns, workshop), blueprint.scale.applied(blend))
    seen = ~np.asarray(np.isnan(blend)).any(axis=1)
    y = dataset.rows.target[seen]
    calibration = calibration_of(problem, blend[seen], y)
    if calibration.kind == "temperature" and problem.teaching is None:
        blend[seen] = calibrated(blend[seen], calibration.parameters[0])
    decision = decision_of(problem, blend[seen], y)
    policy = policy_of(dataset, board, blend, decision.threshold)
    blueprint = Blueprint(
        problem, tuple(members), views, calibration, decision, tolerance, stack, policy=policy, kind=kind
    )
    return Draft(blueprint, *compose(blueprint, dataset.columns, workshop), blend)


def _out_of_fold(case: Case, trial: int, kind: str) -> Array:
    """[N, K] of a trial, NaN where never validated; as its graphs of the ``kind`` have it where it has such."""
    plain = np.asarray(load_array(case.workshop.out_of_fold(trial)))
    if not kind or not case.workshop.of_kind(trial, kind).is_file():
        return plain
    total, count = np.zeros_like(plain), np.zeros(len(plain))
    for number, fold in enumerate(Plan.read(case.workshop.plan).folds):
        said = case.workshop.predictions(trial, number, kind)
        if said.is_file():
            total[fold.valid] += load_array(said)
            count[fold.valid] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count[:, None])


def _combined(case: Case, members: Sequence[Member], out_of_fold: dict[int, Array]) -> tuple[Stack | None, Array]:
    """The second layer, if the members are those it was found to pay for, and what is said out of fold [N, K]."""
    problem, y = case.problem, case.dataset.rows.target
    if not case.board.stacked or {member.trial for member in members} != case.board.weights.keys():
        return None, blended(out_of_fold, {member.trial: member.weight for member in members})
    seen = seen_by_all(out_of_fold)
    stack = fit_stack({t: v[seen] for t, v in out_of_fold.items()}, y[seen], problem.task, problem.outputs)
    return stack, cross_stacked(out_of_fold, y, problem.task, problem.outputs, problem.seed)
