"""Stage 7: what the graph that ships is worth on rows that nobody has seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ninefold.core.behaviour import Behaviour
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Evaluation, Importance, Leaderboard, Model, Score
from ninefold.core.shipping import schema_of
from ninefold.core.table import Dataset, Rows
from ninefold.evaluate.anomalies import evaluate_anomalies
from ninefold.evaluate.answers import Answers, Graph, ask, baseline
from ninefold.evaluate.calibration import Reliability, reliability
from ninefold.evaluate.clusters import evaluate_clusters
from ninefold.evaluate.coverage import coverage
from ninefold.evaluate.curves import curves
from ninefold.evaluate.dependences import asked_about, dependences
from ninefold.evaluate.diagnosing import diagnosed
from ninefold.evaluate.each_target import each_target
from ninefold.evaluate.evidence import Evidence, findings
from ninefold.evaluate.explaining import explain_rows
from ninefold.evaluate.groups import THRESHOLD, groups
from ninefold.evaluate.importance import Shuffling, Unit, alone, importances, together
from ninefold.evaluate.intervals import Resampling, resampling
from ninefold.evaluate.promises import Check, read, told
from ninefold.evaluate.scores import SMOOTH, Measured, measured, metrics
from ninefold.evaluate.slices import Judged, Jury, Mask, parts_of, weak
from ninefold.evaluate.subject import Subject
from ninefold.evaluate.verdict import validation_error, verdict
from ninefold.metrics._labels import confusion

SCORING, SHUFFLING, SLICING, FOLLOWING, PROMISING = 0.2, 0.3, 0.25, 0.1, 0.05
"""Shares of the time left when each begins; the rest is for what follows: bundle, monitor, report."""
SLICED = 20
"""Columns that are sliced, the most important ones first."""


@dataclass(frozen=True)
class Case:
    """What the parts of an evaluation share: rows and answers, in falling order of the last column of predictions."""

    problem: Problem
    rows: Rows
    graph: Graph
    answers: Answers
    metrics: dict[str, Metric]
    how: Resampling
    rng: np.random.Generator
    context: Context

    def share(self, of: float) -> Clock:
        """A clock over this share of the time left."""
        return Clock(max(self.context.clock.left, 0.0) * of)


def evaluate(
    problem: Problem, dataset: Dataset, leaderboard: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, ask the graph about them, and judge its answers."""
    if problem.task == "clustering":
        return evaluate_clusters(problem, dataset, leaderboard, model, context=context)
    if problem.task == "anomaly":
        return evaluate_anomalies(problem, dataset, leaderboard, model, context=context)
    context.progress("asking the graph about the sealed rows", 0.0)
    case = _case(problem, dataset.sealed.open(), _graph(model), context)
    reliable = reliability(case.answers) if problem.classes else None
    scores = _scores(case, dataset, reliable)
    headline = scores.scores[0]
    smooth = SMOOTH[problem.task] if case.metrics[headline.metric].needs_labels else headline.metric
    shuffled = _importances(case, case.metrics[smooth], dataset, model)
    important = alone(shuffled)
    sliced = _slices(case, dataset, _sliced_names(problem, dataset, model, important), headline)
    subject = Subject.of(problem, dataset, model, case.rows, case.answers)
    explained = explain_rows(subject, case.rng, context)
    behaviour = _behaviour(case, dataset, model, shuffled)
    context.progress("fitting the best learner on fewer rows", 0.9)
    looked_into = diagnosed(problem, dataset, leaderboard, context)
    evaluation = Evaluation(
        headline=headline,
        scores=scores.scores,
        rows=len(case.rows),
        openings=dataset.sealed.openings,
        classes=problem.classes,
        confusion=_confusion(case.answers),
        calibration=reliable.bins() if reliable else (),
        calibration_error=reliable.error if reliable else None,
        curves=curves(case.answers),
        slices=tuple(each.slice for each in sliced),
        importances=important,
        verdict=verdict(leaderboard, headline),
        calibration_interval=case.how.basic_interval(reliable.error, scores.calibration) if reliable else None,
        calibration_chance=reliable.chance(case.rng) if reliable else None,
        resamples=scores.resamples,
        importance_metric=case.metrics[smooth].title,
        task=problem.task,
        coverage=coverage(case.answers, problem.quantiles, case.how, case.rng),
        targets=each_target(case.problem, case.answers, dataset.rows.target, case.how, case.rng),
        fit_curves=looked_into.curves,
        decomposition=looked_into.decomposition,
        explained=explained,
        behaviour=behaviour,
    )
    evidence = Evidence(problem, evaluation, validation_error(leaderboard), weak(sliced, headline))
    return dataclasses.replace(evaluation, findings=findings(evidence))


def _graph(model: Model) -> Graph:
    from ninefold.forms.onnx import Session

    return Session(model.graph.read_bytes())


def _case(problem: Problem, rows: Rows, graph: Graph, context: Context) -> Case:
    rng = np.random.default_rng([problem.seed, context.number])
    answers = ask(graph, rows.columns, rows.target, problem)
    order = np.argsort(-answers.predictions[:, -1], kind="stable")
    rows, answers = rows.take(order), answers.take(order)
    known = metrics(problem)
    return Case(problem, rows, graph, answers, known, resampling(rows), rng, context)


def _scores(case: Case, dataset: Dataset, reliable: Reliability | None) -> Measured:
    case.context.progress("scoring, with intervals", 0.1)
    asked = case.problem
    naive = baseline(asked.task, case.answers.y, dataset.rows.target, asked.outputs, asked.quantiles)
    return measured(case.metrics, case.answers, naive, reliable, how=case.how, rng=case.rng, clock=case.share(SCORING))


def _importances(case: Case, metric: Metric, dataset: Dataset, model: Model) -> dict[Unit, Importance]:
    def progress(done: float) -> None:
        case.context.progress("shuffling columns", 0.3 + 0.4 * done)

    columns = tuple(dataset.column(name) for name in model.columns)
    units = (*((name,) for name in model.columns), *groups(columns, dataset.rows, case.rng))
    shuffling = Shuffling(case.graph, case.rows, case.problem, metric, case.how)
    return importances(shuffling, units, case.rng, case.share(SHUFFLING), progress)


def _behaviour(case: Case, dataset: Dataset, model: Model, shuffled: dict[Unit, Importance]) -> Behaviour:
    """What moves the answers, by the columns that matter measurably, and what intervals or sets are worth."""
    case.context.progress("following the most important columns", 0.9)
    schema = schema_of(case.problem, dataset, model)
    names = [each.column for each in alone(shuffled) if each.drop > 0]
    asked = asked_about(case.graph, case.rows, case.problem, schema, case.rng)
    made = read(model.conformal)
    check = Check(made, case.answers, case.how, case.rng, case.share(PROMISING)) if made else None
    return Behaviour(
        together=together(shuffled),
        threshold=THRESHOLD,
        followed=dependences(asked, names, case.problem, case.share(FOLLOWING)),
        promises=check.promises(case.problem.several) if check else (),
        by_class=check.by_class(case.problem.classes) if check else (),
        how=told(made) if made else "",
    )


def _slices(case: Case, dataset: Dataset, names: tuple[str, ...], headline: Score) -> tuple[Judged, ...]:
    case.context.progress("looking at parts of the rows", 0.7)

    def candidates() -> Iterator[tuple[str, str, Mask]]:
        for name in names:
            train, sealed = dataset.rows.columns[name], case.rows.columns[name]
            yield from ((name, part, mask) for part, mask in parts_of(dataset.column(name), train, sealed))

    metric = case.metrics[headline.metric]
    jury = Jury(case.answers, metric, case.how, case.rng, case.problem.task, case.problem.quantiles)
    return jury.judged(candidates(), case.share(SLICING))


def _sliced_names(
    problem: Problem, dataset: Dataset, model: Model, important: tuple[Importance, ...]
) -> tuple[str, ...]:
    """Sensitive columns, then the graph's by importance where it is known."""
    by_importance = tuple(each.column for each in important) or model.columns
    sensitive = tuple(name for name in problem.sensitive if name in dataset.names)
    return tuple(dict.fromkeys((*sensitive, *by_importance[:SLICED])))


def _confusion(answers: Answers) -> tuple[tuple[int, ...], ...]:
    if answers.labels is None or answers.labels.ndim == 2:
        return ()
    counts = confusion(answers.y, answers.labels, answers.predictions.shape[1])
    return tuple(tuple(row) for row in counts.tolist())
