"""Stage 6: fit the members on all training rows, blend, calibrate, decide, compile, and prove."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.book import Context
from ninefold.core.errors import NoModelError
from ninefold.core.problem import Problem
from ninefold.core.results import Calibration, Leaderboard, Member, Model, Parity, Rival
from ninefold.core.shipping import may_ship
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop, load_array, save_array
from ninefold.forms.blend import blended, greedy
from ninefold.forms.calibration import calibrated
from ninefold.forms.stack import Stack, cross_stacked, fit_stack, seen_by_all
from ninefold.train import anomalies, clusters
from ninefold.train.blueprint import Blueprint
from ninefold.train.calibrating import calibration_of
from ninefold.train.composing import compose
from ninefold.train.contributing import save_contributions
from ninefold.train.deciding import decision_of
from ninefold.train.gate import Gate, make_gate, parity
from ninefold.train.keeping import save_network
from ninefold.train.limits import exceeded, heaviest, microseconds
from ninefold.train.members import Members, card_of
from ninefold.train.policy import policy_of
from ninefold.train.promising import promised
from ninefold.train.prototypes import save_prototypes
from ninefold.train.rivals import Rivals, truthful
from ninefold.train.speaking import take
from ninefold_runtime.bundle import BACKGROUND
from ninefold_runtime.files import write_whole


def train(problem: Problem, dataset: Dataset, leaderboard: Leaderboard, *, context: Context) -> Model:
    """Make the one graph. Members that fail, are late, or differ from their Python are refused, and the next best
    take over.

    Raises:
        NoModelError: when every trial was refused.
    """
    if leaderboard.spoken:
        return take(problem, dataset, leaderboard, context=context)
    workshop = Workshop(context.run)
    gate = make_gate(problem, dataset, workshop)
    crew = Members(problem, dataset.train_rows, leaderboard, context)
    weights = leaderboard.weights
    while weights:
        members = crew.fit(weights)
        if len(members) == len(weights):
            draft = _draft(problem, dataset, leaderboard, members, workshop)
            proof = parity(draft.blueprint, draft.graph, gate, workshop)
            taken = microseconds(draft.graph, gate.rows)
            refusal = _refusal(problem, draft, proof, taken, workshop)
            if refusal is None:
                shutil.rmtree(workshop.views, ignore_errors=True)
                background = save_prototypes(problem, dataset, draft.columns, context.folder / BACKGROUND)
                promise = promised(problem, dataset.rows.target, draft.out_of_fold, context.folder)
                columns = [dataset.column(name) for name in draft.columns]
                split, share = save_contributions(draft.blueprint, columns, draft.graph, gate, context)
                beside = save_network(draft.blueprint, columns, context)
                made = _model(draft, proof, taken, _refusals(problem, leaderboard, crew.refused), context)
                made = replace(made, maps=beside.maps, networks=beside.files)
                made = replace(made, rivals=_rivals(made, draft, problem, dataset, leaderboard, crew, gate, context))
                return replace(made, background=background, conformal=promise, contributions=split, explained=share)
            crew.refused.update([refusal])
        weights = _reweighed(problem, dataset, leaderboard, crew)
    reasons = "; ".join(f"{name}: {why}" for name, why in _refusals(problem, leaderboard, crew.refused).items())
    raise NoModelError("NF-E602", f"every learner was refused ({reasons})", hint="see workers.log in the run folder")


@dataclass(frozen=True, eq=False)
class _Draft:
    """A graph that still has to be proven. ``out_of_fold`` [N, K] is calibrated; of clusters, what the graph says."""

    blueprint: Blueprint
    graph: bytes
    columns: tuple[str, ...]
    out_of_fold: Array


def _refusal(
    problem: Problem, draft: _Draft, proof: Parity, taken: float, workshop: Workshop
) -> tuple[int, str] | None:
    """The member to go without, and why; None when the graph is proven and keeps the limits."""
    members = draft.blueprint.members
    if proof.largest_difference > proof.tolerance or not proof.labels_equal:
        worst = max(members, key=lambda member: member.difference)
        return worst.trial, f"the whole graph differs by {proof.largest_difference:.1e} with it"
    over = exceeded(problem.limits, draft.graph, taken)
    return None if over is None else (heaviest(members, workshop).trial, f"with it {over}")


def _draft(problem: Problem, dataset: Dataset, board: Leaderboard, members: list[Member], workshop: Workshop) -> _Draft:
    views: dict[int, str] = {member.trial: board.trial(member.trial).view for member in members}
    tolerance = max(card_of(member.learner).tolerance for member in members)
    if problem.task == "clustering":
        problem, none = clusters.named(problem, members[0], workshop), Calibration("none")
        blueprint = Blueprint(problem, tuple(members), views, none, clusters.MOST_MEMBER, tolerance)
        graph, columns = compose(blueprint, dataset.columns, workshop)
        return _Draft(blueprint, graph, columns, clusters.memberships(graph, problem, dataset))
    out_of_fold = {member.trial: np.asarray(load_array(workshop.out_of_fold(member.trial))) for member in members}
    stack, blend = _combined(problem, dataset.rows.target, board, members, out_of_fold)
    if problem.task == "anomaly":
        blueprint = anomalies.blueprint_of(problem, members, views, tolerance, blend)
        assert blueprint.scale is not None
        return _Draft(blueprint, *compose(blueprint, dataset.columns, workshop), blueprint.scale.applied(blend))
    seen = ~np.asarray(np.isnan(blend)).any(axis=1)
    y = dataset.rows.target[seen]
    calibration = calibration_of(problem, blend[seen], y)
    if calibration.kind == "temperature" and problem.teaching is None:
        blend[seen] = calibrated(blend[seen], calibration.parameters[0])
    decision = decision_of(problem, blend[seen], y)
    policy = policy_of(dataset, board, blend, decision.threshold)
    blueprint = Blueprint(problem, tuple(members), views, calibration, decision, tolerance, stack, policy=policy)
    return _Draft(blueprint, *compose(blueprint, dataset.columns, workshop), blend)


def _combined(
    problem: Problem, y: Array, board: Leaderboard, members: list[Member], out_of_fold: dict[int, Array]
) -> tuple[Stack | None, Array]:
    """The second layer, if the members are those it was found to pay for, and what is said out of fold [N, K]."""
    if not board.stacked or {member.trial for member in members} != board.weights.keys():
        return None, blended(out_of_fold, {member.trial: member.weight for member in members})
    seen = seen_by_all(out_of_fold)
    stack = fit_stack({t: v[seen] for t, v in out_of_fold.items()}, y[seen], problem.task, problem.outputs)
    return stack, cross_stacked(out_of_fold, y, problem.task, problem.outputs, problem.seed)


def _rivals(  # noqa: PLR0917
    made: Model,
    draft: _Draft,
    problem: Problem,
    dataset: Dataset,
    board: Leaderboard,
    crew: Members,
    gate: Gate,
    context: Context,
) -> tuple[Rival, ...]:
    """Of a student: itself, its teacher, and the learner that learned the truth alone."""
    if problem.teaching is None:
        return ()
    trial = truthful(board)
    alone = crew.fit({trial: 1.0}) if trial is not None else []
    other = _draft(problem, dataset, board, alone, Workshop(context.run)) if alone else None
    found = Rivals(problem, dataset.rows.target, gate.rows, context)
    return (
        *found.teacher(),
        found.of("student", made.graph, draft.out_of_fold),
        *([found.kept(f"{alone[0].title}, the truth alone", other.graph, other.out_of_fold)] if other else []),
    )


def _reweighed(problem: Problem, dataset: Dataset, board: Leaderboard, crew: Members) -> dict[int, float]:
    """The ensemble without the refused: the next best take over, or, when time is short, those fitted already."""
    if problem.task == "clustering":
        return clusters.next_best(problem, board, crew.refused)
    if problem.task == "anomaly":
        return anomalies.without(problem, board, crew.refused)
    left = [
        trial.id
        for trial in sorted(board.trials, key=lambda trial: trial.loss or np.inf)
        if trial.state == "finished"
        and trial.id not in crew.refused
        and may_ship(problem, trial.learner, trial.bytes, trial.augment)
    ]
    left = (crew.fitted(left) if crew.hurried else []) or left
    predictions = {i: np.asarray(load_array(board.predictions / f"{i}.npy")) for i in left[:20]}
    most = 3 if problem.teaching is None else 1
    return greedy(predictions, dataset.rows.target, problem.task, most, problem.levels) if predictions else {}


def _refusals(problem: Problem, board: Leaderboard, refused: dict[int, str]) -> dict[str, str]:
    keeping = [t.title for t in board.trials if card_of(t.learner).keeps_rows]
    barred = dict.fromkeys([] if problem.allow_rows else keeping, "it keeps training rows; --allow-rows lets it in")
    return barred | {f"{board.trial(i).title} (trial {i})": why for i, why in refused.items()}


def _model(draft: _Draft, proof: Parity, taken: float, refused: dict[str, str], context: Context) -> Model:
    path, policy = context.folder / "model.onnx", draft.blueprint.policy
    write_whole(path, draft.graph)
    save_array(context.folder / "out_of_fold.npy", draft.out_of_fold)
    return Model(
        graph=path,
        digest=hashlib.sha256(draft.graph).hexdigest(),
        bytes=len(draft.graph),
        members=draft.blueprint.members,
        calibration=draft.blueprint.calibration,
        threshold=draft.blueprint.decision.threshold,
        thresholds=dict(zip(draft.blueprint.problem.several, draft.blueprint.decision.thresholds, strict=False)),
        threshold_why=draft.blueprint.decision.why if policy is None else policy.why,
        group_thresholds=None if policy is None else policy.told(),
        parity=proof,
        refused=refused,
        columns=draft.columns,
        classes=draft.blueprint.problem.classes,
        microseconds=taken,
        out_of_fold=context.folder / "out_of_fold.npy",
    )
