"""What scores of anomalies are worth on rows that nobody has seen, and why the most unusual of these are unusual."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import DETECTED, Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Anomalies, Curve, Evaluation, Leaderboard, Model, Score, Verdict
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.words import counted
from ninefold.core.workshop import Workshop, save_array
from ninefold.diagnosis.intervals import resampling
from ninefold.evaluate.anomaly_scores import AGREEMENT, Ranked, measured
from ninefold.evaluate.answers import Graph, in_batches
from ninefold.evaluate.beaten import beaten
from ninefold.evaluate.curves import ranked
from ninefold.evaluate.explaining import explain_rows
from ninefold.evaluate.reasons import Asked
from ninefold.evaluate.subject import Subject
from ninefold.evaluate.written import number
from ninefold.forms.onnx import Session

COMPARED = 5_000
"""Training rows on which fits are compared at most."""
BINS = 20
SCORING = 0.3
"""Share of the time left that intervals may take."""


@dataclass(frozen=True, eq=False)
class Said:
    """``scores`` [N] of rows by the graph, and which of them it calls anomalies, ``labels`` [N]."""

    scores: Array
    labels: Array


def evaluate_anomalies(
    problem: Problem, dataset: Dataset, board: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, score them by the graph, and say which are the most unusual and why."""
    rng = np.random.default_rng([problem.seed, context.number])
    context.progress("scoring the sealed rows", 0.0)
    graph = Session(model.graph.read_bytes())
    rows, said = _by_score(graph, dataset.sealed.open())
    save_array(context.folder / "answers.npy", said.scores[:, None])
    strange = np.sign(rows.target) if problem.truth else np.full(len(rows), -1)
    judged = Ranked(np.column_stack([1 - said.scores, said.scores]), strange, _members(model, rows, context))
    clock = context.share(SCORING)
    scores, resamples = measured(judged, resampling(rows), rng, clock)
    context.progress("looking for reasons", 0.5)
    explained = explain_rows(Subject.of(problem, dataset, model, rows), rng, context)
    asked = Asked.of(rows, dataset, model.columns, lambda some: ask(graph, some).scores)
    made = Evaluation(
        headline=scores[0],
        scores=scores,
        rows=dataset.sealed.rows,
        openings=dataset.sealed.openings,
        answers=context.folder / "answers.npy",
        classes=DETECTED if judged.has_truth else (),
        confusion=_confusion(said, strange) if judged.has_truth else (),
        curves=_curves(said, strange) if judged.has_truth else (),
        verdict=_verdict(board, scores),
        resamples=resamples,
        task=problem.task,
        explained=explained,
        anomalies=_anomalies(problem, model, said, asked, _stability(graph, dataset, model, rng)),
    )
    return replace(made, findings=beaten(problem, made) if judged.has_truth else ())


def ask(graph: Graph, rows: Rows) -> Said:
    """What the graph says."""
    batches = in_batches(graph, rows.columns, len(rows))
    labels = np.concatenate([batch["label"] for batch in batches]).astype(str)
    return Said(np.concatenate([batch["prediction"] for batch in batches]), labels == DETECTED[1])


def _by_score(graph: Graph, rows: Rows) -> tuple[Rows, Said]:
    """The most unusual rows first."""
    said = ask(graph, rows)
    order = np.argsort(-said.scores, kind="stable")
    return rows.take(order), Said(said.scores[order], said.labels[order])


def _members(model: Model, rows: Rows, context: Context) -> dict[int, Array]:
    """Each detector's own scores [N, 1], by its graph and that of its view."""
    workshop, scores = Workshop(context.run), {}
    for member in model.members:
        view, form = (
            Session((workshop.member(member.trial) / f"{name}.onnx").read_bytes()) for name in ("view", "form")
        )
        seen = in_batches(view, rows.columns, len(rows))
        scores[member.trial] = np.vstack([form.run(batch)["y"] for batch in seen])
    return scores


def _stability(graph: Graph, dataset: Dataset, model: Model, rng: np.random.Generator) -> float:
    """How far the graph, fitted on all training rows, ranks them as the fits did that had not seen them."""
    assert model.out_of_fold is not None
    before: Array = np.load(model.out_of_fold, allow_pickle=False)[:, 0]
    rows = np.sort(rng.permutation(np.flatnonzero(~np.isnan(before)))[:COMPARED])
    metric: Metric = parts.make("ninefold.metrics", AGREEMENT)
    return metric.score(before[rows], ask(graph, dataset.rows.take(rows)).scores[:, None])


def _confusion(said: Said, strange: Array) -> tuple[tuple[int, ...], ...]:
    """[truly an anomaly][called one] of the sealed rows whose truth is known."""
    known = strange >= 0
    counts = np.bincount(2 * strange[known] + said.labels[known], minlength=4)
    return tuple(map(tuple, counts.reshape(2, 2).tolist()))


def _curves(said: Said, strange: Array) -> tuple[Curve, ...]:
    known = strange >= 0
    return ranked(strange[known] == 1, said.scores[known])


def _verdict(board: Leaderboard, scores: tuple[Score, ...]) -> Verdict:
    headline, agreement = scores[0], scores[-1]
    base = headline.baseline or 0.0
    sentence = (
        f"{counted(len(board.weights), 'detector')} of different kinds: the rank correlation of one with the others is "
        f"{number(board.ensemble_score)} on training rows out of fold, {number(agreement.value)} on sealed rows."
    )
    kind = "good" if headline.low > base else "unclear"
    return Verdict(kind, sentence, None, board.ensemble_score, headline.value, base)


def _anomalies(problem: Problem, model: Model, said: Said, asked: Asked, stability: float) -> Anomalies:
    counts = np.histogram(said.scores, bins=BINS, range=(0, 1))[0]
    assert model.threshold is not None
    return Anomalies(
        top=asked.top(said.scores),
        shares=tuple((counts / max(1, len(said.scores))).tolist()),
        labelled=float(said.labels.mean()),
        threshold=model.threshold,
        expected=problem.contamination,
        stability=stability,
    )
