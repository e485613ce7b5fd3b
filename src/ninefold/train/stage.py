"""Stage 6: fit the members on all training rows, blend, calibrate, decide, compile, and prove."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.book import Context
from ninefold.core.errors import NoModelError
from ninefold.core.problem import Problem
from ninefold.core.results import Leaderboard, Member, Model, Parity, Rival
from ninefold.core.shipping import may_ship
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop, load_array, save_array
from ninefold.forms.blend import greedy
from ninefold.train import anomalies, clusters
from ninefold.train.contributing import save_contributions
from ninefold.train.drafting import Case, drafted
from ninefold.train.gate import make_gate, parity
from ninefold.train.keeping import save_network
from ninefold.train.limits import exceeded, heaviest, microseconds
from ninefold.train.members import Members, card_of
from ninefold.train.promising import promised
from ninefold.train.prototypes import save_prototypes
from ninefold.train.quantising import Candidate, candidates, chosen, told, unshipped
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
    case = Case(problem, dataset, leaderboard, make_gate(problem, dataset, workshop), workshop)
    crew = Members(problem, dataset.train_rows, leaderboard, context)
    weights = leaderboard.weights
    while weights:
        members = crew.fit(weights)
        if len(members) == len(weights):
            made = _proven(case, members)
            if isinstance(made, Proven):
                shutil.rmtree(workshop.views, ignore_errors=True)
                return _finished(case, made, crew, context)
            crew.refused.update([made])
        weights = _reweighed(problem, dataset, leaderboard, crew)
    reasons = "; ".join(f"{name}: {why}" for name, why in _refusals(problem, leaderboard, crew.refused).items())
    raise NoModelError("NF-E602", f"every learner was refused ({reasons})", hint="see workers.log in the run folder")


@dataclass(frozen=True, eq=False)
class Proven:
    """A graph whose ``parity`` with Python holds, what it was also tried as, and which of all ``ships``."""

    parity: Parity
    plain: Candidate
    light: list[Candidate]
    ships: Candidate


def _proven(case: Case, members: list[Member]) -> Proven | tuple[int, str]:
    """The graph of the members that is proven and keeps the limits; or the member to go without, and why."""
    draft = drafted(case, members)
    proof = parity(draft.blueprint, draft.graph, case.gate, case.workshop)
    if proof.largest_difference > proof.tolerance or not proof.labels_equal:
        worst = max(members, key=lambda member: member.difference)
        return worst.trial, f"the whole graph differs by {proof.largest_difference:.1e} with it"
    plain = Candidate(draft, microseconds(draft.graph, case.gate.rows))
    light = candidates(case, draft)
    ships = chosen(case.problem.limits, plain, light)
    if ships is None:
        over = exceeded(case.problem.limits, draft.graph, plain.microseconds)
        return heaviest(members, case.workshop).trial, f"with it {over}"
    return Proven(proof, plain, light, ships)


def _finished(case: Case, found: Proven, crew: Members, context: Context) -> Model:
    """The model, and all that ships beside its graph."""
    problem, dataset, draft = case.problem, case.dataset, found.ships.draft
    background = save_prototypes(problem, dataset, draft.columns, context.folder / BACKGROUND)
    promise = promised(problem, dataset.rows.target, draft.out_of_fold, context.folder)
    columns = [dataset.column(name) for name in draft.columns]
    split, share = save_contributions(draft.blueprint, columns, draft.graph, case.gate, context)
    beside = save_network(draft.blueprint, columns, context)
    refused = _refusals(problem, case.board, crew.refused) | unshipped(problem.limits, found.light, found.ships)
    made = _model(found, refused, context)
    return replace(
        made,
        rivals=tuple(_rivals(case, found, made, crew, context)),
        quantised=told(problem.limits, found.light, found.ships),
        maps=beside.maps,
        networks=beside.files,
        background=background,
        conformal=promise,
        contributions=split,
        explained=share,
    )


def _rivals(case: Case, found: Proven, made: Model, crew: Members, context: Context) -> Iterator[Rival]:
    """Of a student its teacher, itself with and without numbers of 8 bits, and the learner that learned the truth
    alone; else the model with and without numbers of 8 bits, where there is one with."""
    rivals, student = Rivals(case.problem, case.dataset.rows.target, case.gate.rows, context), case.problem.teaching
    if student is None and not found.light:
        return
    if student is not None:
        yield rivals.teacher()
    for each in (found.plain, *found.light):
        name = "model" if student is None else "student"
        name += f", {each.told.title}" if each.told else ""
        if each is found.ships:
            yield rivals.of(name, made.graph, each.draft.out_of_fold, ships=True)
        else:
            file = f"{each.told.kind if each.told else 'float32'}.onnx"
            yield rivals.kept(name, file, each.draft.graph, each.draft.out_of_fold)
    trial = truthful(case.board) if student is not None else None
    if trial is not None and (alone := crew.fit({trial: 1.0})):
        other = drafted(case, alone)
        yield rivals.kept(f"{alone[0].title}, the truth alone", "alone.onnx", other.graph, other.out_of_fold)


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


def _model(found: Proven, refused: dict[str, str], context: Context) -> Model:
    draft = found.ships.draft
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
        parity=found.parity,
        refused=refused,
        columns=draft.columns,
        classes=draft.blueprint.problem.classes,
        microseconds=found.ships.microseconds,
        out_of_fold=context.folder / "out_of_fold.npy",
    )
