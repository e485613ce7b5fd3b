"""What clusters are worth: scores on sealed rows, and what they look like among the training rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.findings import found
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Clusters, Evaluation, Leaderboard, Model, Score, Trial, Verdict
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop
from ninefold.diagnosis.intervals import Index, resampled, resampling
from ninefold.evaluate.answers import ask
from ninefold.evaluate.explaining import explain_rows
from ninefold.evaluate.maps import maps
from ninefold.evaluate.profiles import profiles
from ninefold.evaluate.starts import starts
from ninefold.evaluate.subject import Subject
from ninefold.forms.onnx import Session
from ninefold.metrics.silhouette import silhouettes
from ninefold_runtime.schema import Column

PACKAGE, FINDINGS = "ninefold.metrics", "ninefold.evaluate.cluster_findings"
OF_ROWS, OF_TRUTH = ("davies_bouldin", "calinski_harabasz"), ("adjusted_rand", "normalized_mutual_information")
SCORED, SHOWN = 2_000, 5_000
"""Sealed rows that are scored, and training rows that are described, at most."""
SCORING = 0.3
"""Share of the time left that intervals may take."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Rows, what they look like in the view that was clustered [N, D], and their clusters [N], codes of ``names``."""

    rows: Rows
    x: Array
    codes: Array
    names: tuple[str, ...]


def evaluate_clusters(
    problem: Problem, dataset: Dataset, board: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, put them into clusters by the graph, and judge these; describe those of training rows."""
    rng = np.random.default_rng([problem.seed, context.number])
    context.progress("putting the sealed rows into clusters", 0.0)
    looks = _looks(problem, model, context)
    sealed = looks.at(_sampled(dataset.sealed.open(), SCORED, rng))
    scores, resamples = _scores(sealed, problem, board, rng, context.share(SCORING))
    context.progress("describing the clusters", 0.5)
    described = looks.at(_sampled(dataset.rows, SHOWN, rng))
    trial, columns = board.trial(model.members[0].trial), tuple(dataset.column(name) for name in model.columns)
    evaluation = Evaluation(
        headline=scores[0],
        scores=scores,
        rows=dataset.sealed.rows,
        openings=dataset.sealed.openings,
        classes=model.classes,
        verdict=_verdict(board, scores[0]),
        resamples=resamples,
        task=problem.task,
        clusters=_clusters(problem, columns, trial, sealed, described, context=context),
        explained=explain_rows(Subject.of(problem, dataset, model, sealed.rows), rng, context),
    )
    return replace(evaluation, findings=found(FINDINGS, evaluation))


@dataclass(frozen=True, eq=False)
class _Looks:
    """The graph, and the view that its one member sees. The classes of ``problem`` are the clusters."""

    graph: Session
    view: Session
    problem: Problem

    def at(self, rows: Rows) -> Seen:
        labels = ask(self.graph, rows.columns, rows.target, self.problem).labels
        assert labels is not None
        return Seen(rows, self.view.run(rows.columns)["x"], labels, self.problem.classes)


def _looks(problem: Problem, model: Model, context: Context) -> _Looks:
    view = Workshop(context.run).member(model.members[0].trial) / "view.onnx"
    named = replace(problem, classes=model.classes)
    return _Looks(Session(model.graph.read_bytes()), Session(view.read_bytes()), named)


def _sampled(rows: Rows, most: int, rng: np.random.Generator) -> Rows:
    return rows if len(rows) <= most else rows.take(np.sort(rng.permutation(len(rows))[:most]))


def _scores(
    sealed: Seen, problem: Problem, board: Leaderboard, rng: np.random.Generator, clock: Clock
) -> tuple[tuple[Score, ...], int]:
    """The silhouette first, with the reference's as its baseline; then what else is defined. Intervals by bootstrap.

    The silhouettes of single rows are resampled as they are: a row drawn twice would be its own nearest neighbour.
    """
    several = len(np.unique(sealed.codes)) > 1
    dense = np.unique(sealed.codes, return_inverse=True)[1]
    each = silhouettes(sealed.x, dense) if several else np.zeros(len(dense))
    known = {name: _metric(name) for name in (*OF_ROWS, *(OF_TRUTH if problem.truth else ()))}

    def measure(index: Index) -> NDArray[np.float64]:
        drawn = [_score(metric, name, sealed, index) for name, metric in known.items()]
        return np.array([each[index].mean(), *drawn])

    how = resampling(sealed.rows)
    values, samples = measure(np.arange(len(each))), resampled(measure, how, rng, clock)
    metrics = {"silhouette": _metric("silhouette"), **known}
    base = {"silhouette": board.trial(next(iter(board.weights))).measures.get("reference", 0.0), "adjusted_rand": 0.0}
    limits = [how.interval(float(value), samples[:, place]) for place, value in enumerate(values)]
    found = [
        Score(name, metric.title, float(value), *ends, metric.higher_is_better, base.get(name))
        for (name, metric), value, ends in zip(metrics.items(), values, limits, strict=True)
        if np.isfinite(value)
    ]
    return tuple(found), len(samples)


def _metric(name: str) -> Metric:
    made: Metric = parts.make(PACKAGE, name)
    return made


def _score(metric: Metric, name: str, sealed: Seen, index: Index) -> float:
    y = sealed.rows.target if name in OF_TRUTH else sealed.x
    return metric.score(y[index], np.empty((0, 0)), sealed.codes[index])


def _verdict(board: Leaderboard, headline: Score) -> Verdict:
    base = headline.baseline or 0.0
    sentence = f"{board.why_chosen[:1].upper()}{board.why_chosen[1:]}."
    kind = "good" if headline.low > base else "unclear"
    return Verdict(kind, sentence, None, board.ensemble_score, headline.value, base)


def _clusters(
    problem: Problem, columns: tuple[Column, ...], trial: Trial, sealed: Seen, described: Seen, *, context: Context
) -> Clusters:
    return Clusters(
        profiles=profiles(columns, described.rows, described.codes, sealed.names),
        maps=maps(described.x, described.codes, problem.seed, context.clock, timed=problem.budget.work is None),
        starts=starts(described.x, len(set(described.codes.tolist())), problem.seed, context.clock),
        stability=trial.measures.get("stability"),
        differs=trial.measures.get("differs", 0.0),
        scored=len(sealed.codes),
        truths=problem.truths,
        truth=_crossed(sealed, len(problem.truths)),
    )


def _crossed(sealed: Seen, groups: int) -> tuple[tuple[int, ...], ...]:
    """[true group][cluster] of the sealed rows whose truth is known."""
    known, clusters = sealed.rows.target >= 0, len(sealed.names)
    cells = sealed.rows.target[known] * clusters + sealed.codes[known]
    counts = np.bincount(cells, minlength=max(groups, 1) * clusters).reshape(-1, clusters)
    return tuple(map(tuple, counts.tolist())) if groups else ()
