"""What training does otherwise for speakers: the one that was judged is taken as it is, files and all."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Calibration, Leaderboard, Member, Model, Parity
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop
from ninefold.forms.saying import predicted
from ninefold.forms.speaking import SPEAKERS, Texts, columns_of, reader_in, voice_in
from ninefold_runtime.bundle import GRAPH
from ninefold_runtime.reading import DOCUMENTS

TOLERANCE = 1e-4
TIMED = 10
"""Texts that are timed one by one."""


def take(problem: Problem, dataset: Dataset, board: Leaderboard, *, context: Context) -> Model:
    """The model of the best speaker. What its graph says was held against its Python by the crew as it was fitted."""
    trial = board.trial(next(iter(board.weights)))
    folder = context.folder / "spoken"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(Workshop(context.run).spoken(trial.id), folder)
    names = columns_of(dataset.columns, problem.context)
    if dataset.documents is not None:
        shutil.copy(dataset.documents, folder / DOCUMENTS)
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
        columns=names,
        microseconds=_microseconds(problem, dataset, names, folder, asked),
        spoken=folder,
    )


def _microseconds(problem: Problem, dataset: Dataset, names: tuple[str, ...], folder: Path, asked: int) -> float:
    say, times = _saying(problem, folder), []
    for row in zip(*(dataset.rows.columns[name][:asked].tolist() for name in names), strict=True):
        started = time.perf_counter()
        say(*row)
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e6)


def _saying(problem: Problem, folder: Path) -> Callable[..., object]:
    """What answers one row."""
    if problem.context:
        reader = reader_in(folder)
        return lambda question, passage: reader.spans([(question, passage)])
    voice = voice_in(folder)
    return lambda text: predicted(voice, Texts(problem.task, [text], [""]))
