"""What training does otherwise for speakers: the one that was judged is taken as it is, files and all."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Calibration, Leaderboard, Member, Model, Parity
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop
from ninefold.forms.saying import predicted
from ninefold.forms.speaking import SPEAKERS, Texts, source_of, voice_in
from ninefold_runtime.bundle import GRAPH

TOLERANCE = 1e-4
TIMED = 10
"""Texts that are timed one by one."""


def take(problem: Problem, dataset: Dataset, board: Leaderboard, *, context: Context) -> Model:
    """The model of the best speaker. What its graph says was held against its Python by the crew as it was fitted."""
    trial = board.trial(next(iter(board.weights)))
    folder = context.folder / "spoken"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(Workshop(context.run).spoken(trial.id), folder)
    source = source_of(dataset.columns)
    assert source is not None
    card = parts.find(SPEAKERS, trial.learner).card
    graph = (folder / GRAPH).read_bytes()
    asked = min(TIMED, dataset.train_rows)
    rounds = trial.rounds[0] if trial.rounds else None
    difference = trial.measures.get("graph_difference", 0.0)
    return Model(
        graph=folder / GRAPH,
        digest=hashlib.sha256(graph).hexdigest(),
        bytes=sum(file.stat().st_size for file in folder.iterdir()),
        members=(Member(trial.id, trial.learner, card.title, 1.0, rounds, difference),),
        calibration=Calibration("none"),
        threshold=None,
        threshold_why="",
        parity=Parity(asked, 0, difference, True, TOLERANCE),
        columns=(source.name,),
        microseconds=_microseconds(problem, dataset, source.name, folder, asked),
        spoken=folder,
    )


def _microseconds(problem: Problem, dataset: Dataset, source: str, folder: Path, asked: int) -> float:
    voice, times = voice_in(folder), []
    for text in dataset.rows.columns[source][:asked]:
        started = time.perf_counter()
        predicted(voice, Texts(problem.task, [text], [""]))
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e6)
