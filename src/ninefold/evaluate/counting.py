"""Scores of what was said of texts, by counts of each row, which resamples add up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Leaderboard, OtherSpeaker, Score, Verdict
from ninefold.core.scoring import PACKAGE
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop, save_array
from ninefold.diagnosis.intervals import resampling
from ninefold.evaluate.beaten import beaten
from ninefold.evaluate.written import number
from ninefold.forms.saying import said_in, truth
from ninefold.forms.speaking import Texts

RESAMPLES = 1_000


class Counting(Protocol):
    """A metric of texts, made of counts [N, K] that add up over rows."""

    def counts(self, y: Array, predictions: Array) -> Array: ...

    def of(self, counts: Array) -> float: ...


def metrics_of(problem: Problem) -> list[str]:
    """All of the task, the headline first."""
    names = dict.fromkeys((problem.metric, *parts.names(PACKAGE)))
    return [name for name in names if problem.task in parts.find(PACKAGE, name).solves]


def evaluated(
    problem: Problem,
    dataset: Dataset,
    board: Leaderboard,
    *,
    rows: Rows,
    texts: Texts,
    ours: Array,
    theirs: Array,
    sure: Array,
    rng: np.random.Generator,
    context: Context,
) -> Evaluation:
    """What was said of sealed rows, which are the texts: ours and the baseline's [N, 1], and how ``sure`` [N] of it."""
    units, path = resampling(rows), context.folder / "answers.npy"
    draws = [units.draw(rng) for _ in range(RESAMPLES)]
    scores = tuple(_score(name, truth(texts), ours, theirs, draws) for name in metrics_of(problem))
    save_array(path, sure[:, None])
    made = Evaluation(
        headline=scores[0],
        scores=scores,
        rows=len(rows),
        openings=dataset.sealed.openings,
        answers=path,
        verdict=_verdict(board, scores[0]),
        resamples=RESAMPLES,
        task=problem.task,
    )
    return dataclasses.replace(made, findings=beaten(problem, made))


def rivals(board: Leaderboard, metric: Counting, workshop: Workshop, texts: Texts) -> Iterator[OtherSpeaker]:
    """The other speakers, but the baseline, which every score stands beside."""
    for trial in board.trials:
        if trial.state == "finished" and trial.id not in {*board.weights, board.baseline}:
            said = said_in(workshop.spoken(trial.id), texts)
            yield OtherSpeaker(trial.title, metric.of(metric.counts(truth(texts), said)))


def _score(name: str, wanted: Array, ours: Array, theirs: Array, draws: Sequence[Array]) -> Score:
    """What ours [N, 1] is worth, its interval, and what theirs is."""
    metric = parts.make(PACKAGE, name)
    counts, base = (metric.counts(wanted, said) for said in (ours, theirs))
    value = metric.of(counts)
    low, high = np.quantile([metric.of(counts[draw]) for draw in draws], (0.025, 0.975))
    return Score(
        name,
        metric.title,
        value,
        min(float(low), value),
        max(float(high), value),
        metric.higher_is_better,
        metric.of(base),
    )


def _verdict(board: Leaderboard, headline: Score) -> Verdict:
    base = headline.baseline or 0.0
    better = headline.low > base if headline.higher_is_better else headline.high < base
    sentence = (
        f"{headline.title} {number(board.ensemble_score)} on rows held back, {number(headline.value)} on sealed rows; "
        f"the baseline has {number(base)} there."
    )
    return Verdict("good" if better else "underfit", sentence, None, board.ensemble_score, headline.value, base)
