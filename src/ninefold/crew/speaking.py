"""One job where texts are learned from: fit a speaker on a part of the rows, and let its graphs speak about the rest.

The fit that is judged is the one that ships: its files are stored, and what they say is what is scored.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.plan import Fold
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array
from ninefold.core.workshop import Workshop, save_array
from ninefold.crew.desk import Desk
from ninefold.forms.saying import said_in, truth
from ninefold.forms.speaking import SPEAKERS, Made, Speaker, Texts
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.schema import Task

FITTING = 0.9
"""Share of the time that the fit itself may take; the rest is for speaking."""
JUDGED = 500
"""Texts that a fit is judged on at most."""
TOLERANCE = 1e-4
LOSS: dict[Task, Callable[[float], float]] = {
    "translation": lambda score: 100 - score,
    "language-model": float,
    "question-answering": lambda score: 1 - score,
}


def speak(job: FitJob, fold: int, desk: Desk, clock: Clock) -> FitDone:
    """Raises ValueError where a graph does not say what its Python says, or is not one that a bundle may hold."""
    speaker: Speaker = parts.make(SPEAKERS, job.learner, job.settings)
    learned, asked = _parts(desk, desk.fold(fold))
    rng = np.random.default_rng([job.seed, job.trial, fold + 1])
    place = desk.workshop.unfinished(job.trial)
    place.mkdir(parents=True, exist_ok=True)
    spoken = speaker.fit(learned, rng=rng, clock=Clock(FITTING * job.seconds), place=place)
    if clock.left <= 0:
        return FitDone(job.trial, fold, "late", "the time was up before it was fitted", clock.spent)
    for name, data in spoken.files.items():
        if name.endswith(".onnx"):
            examine(data, name)
    if spoken.difference > TOLERANCE:
        raise ValueError(f"its graph differs from its Python by {spoken.difference:.1e}")
    _keep(spoken, desk.workshop, job.trial)
    said = said_in(desk.workshop.spoken(job.trial), asked)
    score = metric_for(desk.problem, desk.problem.metric).score(truth(asked), said)
    save_array(desk.workshop.predictions(job.trial, fold), np.array([score]))
    shutil.rmtree(place, ignore_errors=True)
    return FitDone(
        job.trial,
        fold,
        "ok",
        seconds=clock.spent,
        bytes=sum(map(len, spoken.files.values())),
        rounds=spoken.rounds,
        score=score,
        loss=LOSS[asked.task](score),
        difference=spoken.difference,
        measures=spoken.measures | {"graph_difference": spoken.difference},
    )


def _parts(desk: Desk, fold: Fold) -> tuple[Texts, Texts]:
    """What is learned from, with the rows to stop on, and (a sample of) what is judged."""
    rows, task = desk.dataset.rows, desk.problem.task
    source, *behind = (rows.columns[name] for name in desk.features.recipe("text").columns)

    def texts(index: Array, stop: Texts | None = None) -> Texts:
        targets = () if task == "language-model" else rows.target[index].tolist()
        passages = behind[0][index].tolist() if behind else ()
        return Texts(task, source[index].tolist(), targets, stop, passages)

    stop = texts(fold.stop) if len(fold.stop) else None
    return texts(fold.train, stop), texts(fold.valid if task == "language-model" else fold.valid[:JUDGED])


def _keep(spoken: Made, workshop: Workshop, trial: int) -> None:
    """Write the files so that all are there or none."""
    folder = workshop.spoken(trial)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, data in spoken.files.items():
        (partial / name).write_bytes(data)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
