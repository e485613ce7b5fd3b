"""What training does otherwise for clusters: names for them, and no truth to calibrate or to decide by."""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.problem import NOISE, Problem
from ninefold.core.results import Leaderboard, Member
from ninefold.core.shipping import may_ship
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.onnx import Session
from ninefold.train.deciding import Decision
from ninefold.train.members import card_of

SAMPLE, BATCH = 20_000, 2_000
"""Training rows whose clusters are kept for the monitor, and how many are asked about at once."""
MOST_MEMBER = Decision(None, "the cluster that a row belongs to most")


def named(problem: Problem, member: Member, workshop: Workshop) -> Problem:
    """The problem with the clusters of the fitted member as its classes, the largest first."""
    width = load_array(workshop.member(member.trial) / "gate.npy").shape[1]
    noise = width > 1 and card_of(member.learner).noise
    clusters = tuple(f"cluster {place}" for place in range(1, width + (not noise)))
    return dataclasses.replace(problem, classes=(*clusters, NOISE) if noise else clusters)


def memberships(graph: bytes, problem: Problem, dataset: Dataset) -> Array:
    """[n, K]: what the graph says of (a sample of) the training rows. Clusters have no truth to be overfitted to."""
    drawn = np.random.default_rng([problem.seed, 61]).permutation(dataset.train_rows)[:SAMPLE]
    rows, session = dataset.rows.take(np.sort(drawn)), Session(graph)
    batches = [rows.take(np.arange(i, min(i + BATCH, len(rows)))) for i in range(0, len(rows), BATCH)]
    return np.vstack([session.run(batch.columns)["probability"] for batch in batches])


def next_best(problem: Problem, board: Leaderboard, refused: dict[int, str]) -> dict[int, float]:
    """The clustering that takes over when the chosen one is refused; the baseline, where there is no other."""
    left = [
        trial
        for trial in board.trials
        if trial.state == "finished" and trial.id not in refused and may_ship(problem, trial.learner, trial.bytes)
    ]
    return {max(left, key=lambda trial: trial.score or 0.0).id: 1.0} if left else {}
