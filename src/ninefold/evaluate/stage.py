"""Stage 7: what the graph that ships is worth on rows that nobody has seen."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from ninefold.core.behaviour import Behaviour
from ninefold.core.book import Context
from ninefold.core.closer import Closer
from ninefold.core.explained import Explained
from ninefold.core.inside import Inside
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Leaderboard, Map, Model
from ninefold.core.section import Finding
from ninefold.core.sharing import Sharing
from ninefold.core.table import Dataset
from ninefold.core.workshop import save_array
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.slices import weak
from ninefold.evaluate.anomalies import evaluate_anomalies
from ninefold.evaluate.answering import evaluate_reader
from ninefold.evaluate.case import Case, opened
from ninefold.evaluate.closer.looking import closer_of
from ninefold.evaluate.clusters import evaluate_clusters
from ninefold.evaluate.coverage import coverage
from ninefold.evaluate.curves import curves
from ninefold.evaluate.diagnosing import Diagnosis, diagnosed
from ninefold.evaluate.each_target import each_target
from ninefold.evaluate.evidence import Evidence, findings
from ninefold.evaluate.explaining import explain_rows
from ninefold.evaluate.forecasts import forecasts_of
from ninefold.evaluate.influence import Influence, behaviour_of, influence_of
from ninefold.evaluate.inside import inside_of
from ninefold.evaluate.performance import Performance, performance_of
from ninefold.evaluate.rivals import rivals
from ninefold.evaluate.sharing import sharing_of
from ninefold.evaluate.sides import drifted, labelled
from ninefold.evaluate.speaking import evaluate_speaker
from ninefold.evaluate.subject import Subject
from ninefold.evaluate.verdict import validation_error, verdict
from ninefold.evaluate.weaknesses import Weaknesses, weaknesses_of
from ninefold.metrics._labels import confusion
from ninefold_runtime.schema import SPOKEN


def evaluate(
    problem: Problem, dataset: Dataset, leaderboard: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, ask the graph about them, and judge its answers."""
    if problem.task == "clustering":
        return evaluate_clusters(problem, dataset, leaderboard, model, context=context)
    if problem.task == "anomaly":
        return evaluate_anomalies(problem, dataset, leaderboard, model, context=context)
    if problem.task == "question-answering":
        return evaluate_reader(problem, dataset, leaderboard, model, context=context)
    if problem.task in SPOKEN:
        return evaluate_speaker(problem, dataset, leaderboard, model, context=context)
    case = opened(problem, dataset, leaderboard, model, context)
    kept = _kept(case)
    performance = performance_of(case)
    influence = influence_of(case, performance.headline)
    weaknesses = weaknesses_of(case, performance.headline, influence)
    explained, behaviour, sharing = _explained(case), behaviour_of(case, influence), _shared(case)
    diagnosis, inside, closer = _diagnosed(case), inside_of(case), closer_of(case)
    found = Found(performance, influence, weaknesses, explained, behaviour, diagnosis, sharing, inside, closer)
    evaluation = dataclasses.replace(_told(case, found), answers=kept[0], decided=kept[1])
    return dataclasses.replace(evaluation, findings=_findings(case, evaluation, weaknesses))


@dataclass(frozen=True)
class Found:
    """All that was found about a case, in the order in which it was looked for."""

    performance: Performance
    influence: Influence
    weaknesses: Weaknesses
    explained: Explained | None
    behaviour: Behaviour
    diagnosis: Diagnosis
    sharing: Sharing | None
    inside: tuple[Inside | None, tuple[Map, ...]]
    closer: Closer | None


def _kept(case: Case) -> tuple[Path, Path | None]:
    """The answers as files: the monitor compares with what the served graph says of rows it never saw."""
    answers, decided = case.context.folder / "answers.npy", case.context.folder / "decided.npy"
    save_array(answers, case.answers.predictions)
    if case.answers.labels is None or case.answers.labels.ndim == 2:
        return answers, None
    save_array(decided, case.answers.labels)
    return answers, decided


def _explained(case: Case) -> Explained | None:
    subject = Subject.of(case.problem, case.dataset, case.model, case.rows, case.answers)
    return explain_rows(subject, case.rng, case.context)


def _shared(case: Case) -> Sharing | None:
    return sharing_of(case.problem, case.dataset, case.leaderboard, case.rows, case.context)


def _diagnosed(case: Case) -> Diagnosis:
    case.context.progress("fitting the best learner on fewer rows", 0.9)
    return diagnosed(case.problem, case.dataset, case.leaderboard, case.context)


def _told(case: Case, found: Found) -> Evaluation:
    """The noun, its findings still to come."""
    problem, answers, performance, weaknesses = case.problem, case.answers, found.performance, found.weaknesses
    reliable = performance.reliable
    return Evaluation(
        headline=performance.headline,
        scores=performance.scores,
        rows=len(case.rows),
        openings=case.dataset.sealed.openings,
        classes=problem.classes,
        confusion=_confusion(answers),
        calibration=reliable.bins(case.how) if reliable else (),
        calibration_error=reliable.error if reliable else None,
        curves=curves(answers),
        slices=tuple(each.slice for each in weaknesses.slices),
        importances=found.influence.columns,
        verdict=verdict(case.leaderboard, performance.headline),
        calibration_interval=performance.error_between,
        calibration_chance=reliable.chance(case.rng) if reliable else None,
        resamples=performance.resamples,
        importance_metric=found.influence.metric.title,
        task=problem.task,
        coverage=coverage(answers, problem.quantiles, case.how, case.rng),
        targets=each_target(problem, answers, case.dataset.rows.target, case.how, case.rng),
        fit_curves=found.diagnosis.curves,
        decomposition=found.diagnosis.decomposition,
        explained=found.explained,
        behaviour=found.behaviour,
        mistakes=weaknesses.mistakes,
        stakes=performance.stakes,
        fairness=weaknesses.fairness,
        sharing=found.sharing,
        inside=found.inside[0],
        embeddings=found.inside[1],
        closer=found.closer,
        forecasts=forecasts_of(case),
        rivals=rivals(case),
    )


def _confusion(answers: Answers) -> tuple[tuple[int, ...], ...]:
    if answers.labels is None or answers.labels.ndim == 2:
        return ()
    counts = confusion(answers.y, answers.labels, answers.predictions.shape[1])
    return tuple(tuple(row) for row in counts.tolist())


def _findings(case: Case, evaluation: Evaluation, weaknesses: Weaknesses) -> tuple[Finding, ...]:
    return findings(
        Evidence(
            case.problem,
            evaluation,
            validation_error(case.leaderboard),
            weak(weaknesses.slices, evaluation.headline),
            drifted(case.problem, case.dataset, case.rows, case.model.columns),
            labelled(case.problem, case.dataset, case.model),
        )
    )
