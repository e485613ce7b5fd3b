"""One job: fit a learner on a fold and score it, or fit it on all rows and prove its graph."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.disk import refusal
from ninefold.core.inside import JOURNAL
from ninefold.core.intact import checksums
from ninefold.core.lesson import TAUGHT
from ninefold.core.loss import loss
from ninefold.core.protocols import Examples, FitDone, FitJob, Form, Learner
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array
from ninefold.core.tasks import difference
from ninefold.core.workshop import INSIDE, save_array
from ninefold.crew import quantising
from ninefold.crew.adapting import fit
from ninefold.crew.augmenting import augmented
from ninefold.crew.clustering import Clustering, judged
from ninefold.crew.contributing import contribute
from ninefold.crew.desk import Desk, Material
from ninefold.crew.networks import keep
from ninefold.crew.speaking import speak
from ninefold.crew.teaching import taught
from ninefold.crew.thinning import thinned
from ninefold.forms.onnx import Session, form_graph, inside_graph
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.schema import SPOKEN, UNTARGETED, Task

LEARNERS = "ninefold.learners"
SAMPLE = 2_000
"""Training rows that the training score is taken on."""
QUARTER = 4
"""What weights are lighter by in 8 bits than in 32."""


def do(job: FitJob, desk: Desk) -> FitDone:
    """Carry out a job; what learners raise becomes a failed answer with the reason."""
    clock = Clock(job.seconds)
    try:
        done = _done(job, desk, clock)
        files = {} if job.fold is None else _files(job.trial, job.fold, desk)
        return dataclasses.replace(done, overhead=clock.spent - done.seconds, files=files)
    except MemoryError:
        return FitDone(job.trial, job.fold, "failed", "out of memory", clock.spent)
    except Exception as error:  # noqa: BLE001  a learner is foreign code: whatever it raises costs its own trial alone
        refused = refusal(error)
        if refused is not None:
            return FitDone(job.trial, job.fold, "unwritten", refused.strerror or str(refused), clock.spent)
        return FitDone(job.trial, job.fold, "failed", f"{type(error).__name__}: {error}"[:300], clock.spent)


def _done(job: FitJob, desk: Desk, clock: Clock) -> FitDone:
    if job.fold is None:
        return _fit_all(job, desk, clock)
    return (speak if desk.problem.task in SPOKEN else _fit_fold)(job, job.fold, desk, clock)


def _files(trial: int, fold: int, desk: Desk) -> dict[str, str]:
    return checksums(desk.workshop.of_fold(trial, fold), desk.workshop.run)


def _fit_fold(job: FitJob, fold: int, desk: Desk, clock: Clock) -> FitDone:
    learner = _learner(job)
    material = desk.material(job.view, fold)
    examples = thinned(desk.examples(material, fold, stopping=parts.growth(learner) is not None), job)
    examples = _placed(examples, job, desk)
    started = time.monotonic()
    form = fit(learner, augmented(examples, job), rng=_rng(job), clock=clock)
    predictions = _checked(form, material.asked, examples)
    seconds = time.monotonic() - started
    if clock.left <= 0:
        return FitDone(job.trial, fold, "late", "the time was up before it was fitted", seconds)
    if examples.task == "clustering":
        done = FitDone(job.trial, fold, "ok", seconds=seconds, bytes=_bytes(form))
        return judged(done, Clustering(learner, form, predictions, material), desk, _rng(job), clock)
    save_array(desk.workshop.predictions(job.trial, fold), predictions)
    light = job.share == 1 and job.draw is None and quantising.answer(form, desk, material, job.trial, fold)
    _keep_journal(examples.place, desk.workshop.journal(job.trial, fold))
    if examples.task == "anomaly":  # nothing is known that it could be scored by
        return FitDone(job.trial, fold, "ok", seconds=seconds, rounds=form.rounds, bytes=_bytes(form))
    y = desk.dataset.rows.target[desk.fold(fold).valid]
    sample = slice(None, None, max(1, len(examples.y) // SAMPLE))
    return FitDone(
        job.trial,
        fold,
        "ok",
        seconds=seconds,
        rounds=form.rounds,
        bytes=_bytes(form) // (QUARTER if light and desk.problem.limits.bytes is not None else 1),
        score=_score(desk, y, predictions),
        loss=loss(examples.task, y, predictions, examples.levels),
        train_score=_score(desk, examples.y[sample], form.predict(np.asarray(examples.x[sample]))),
    )


def _fit_all(job: FitJob, desk: Desk, clock: Clock) -> FitDone:
    learner = _learner(job)
    material = desk.material(job.view, None)
    examples = _placed(_examples(job, desk, material), job, desk)
    started = time.monotonic()
    form = fit(learner, augmented(examples, job), rng=_rng(job), clock=clock)
    seconds = time.monotonic() - started
    if clock.left <= 0:
        return FitDone(job.trial, None, "late", "the time was up before it was fitted on all rows", seconds)
    predictions = _checked(form, material.asked, examples)
    graph = form_graph(form, material.learned.shape[1], material.learned.dtype.type)
    examine(graph, "its graph")  # a learner of another package may use what no bundle may hold
    apart = _difference(form, graph, material, predictions, examples.task)
    folder = desk.workshop.member(job.trial)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "form.onnx").write_bytes(graph)
    (folder / "view.onnx").write_bytes(material.graph.read_bytes())
    if (inside := inside_graph(form, material.learned.shape[1], material.learned.dtype.type)) is not None:
        (folder / INSIDE).write_bytes(inside)
    save_array(folder / "gate.npy", predictions)
    keep(form, material.learned.shape[1], folder)
    quantising.keep(form, desk, material, job.trial)
    if examples.task not in UNTARGETED:
        contribute(form, material, desk.dataset.rows, folder, clock)
    return FitDone(job.trial, None, "ok", seconds=seconds, rounds=form.rounds, difference=apart)


def _examples(job: FitJob, desk: Desk, material: Material) -> Examples:
    """All training rows with the truth, or with what a teacher says in its place."""
    examples, how, lesson = desk.examples(material, None, stopping=False), desk.problem.teaching, desk.lesson
    if job.augment != TAUGHT or how is None or lesson is None:
        return examples
    return taught(examples, lesson, how, material.made, np.random.default_rng([job.seed, 12, job.trial]))


def _keep_journal(place: Path | None, path: Path) -> None:
    """What a network said of each epoch; the place where it lies is dropped before the report is made. Of several
    networks, which have places of their own, there is none."""
    written = None if place is None else place / JOURNAL
    if written is not None and written.exists():
        path.write_bytes(written.read_bytes())


def _placed(examples: Examples, job: FitJob, desk: Desk) -> Examples:
    """A place for the fits of the search and for those on all rows, which a resumed run asks for again by the same
    name; what else is fitted (on shares and draws of the rows) is short."""
    again = job.share < 1 or job.draw is not None
    return examples if again else dataclasses.replace(examples, place=desk.workshop.place(job.trial, job.fold))


def _learner(job: FitJob) -> Learner:
    learner: Learner = parts.make(LEARNERS, job.learner, job.settings)
    growth = parts.growth(learner)
    if job.rounds is None or growth is None:
        return learner
    grown: Learner = dataclasses.replace(learner, **{growth: job.rounds})  # type: ignore[type-var]
    return grown


def _rng(job: FitJob) -> np.random.Generator:
    return np.random.default_rng([job.seed, job.trial, 0 if job.fold is None else job.fold + 1])


def _checked(form: Form, x: Array, examples: Examples) -> Array:
    predictions = np.asarray(form.predict(np.asarray(x)), np.float64)
    width = predictions.shape[1] if examples.task == "clustering" else examples.outputs
    if predictions.shape != (len(x), width) or not np.isfinite(predictions).all():
        raise ValueError(f"predictions are not finite numbers of shape {(len(x), width)}")
    return predictions


def _score(desk: Desk, y: Array, predictions: Array) -> float:
    return metric_for(desk.problem, desk.problem.metric).score(y, predictions)


def _bytes(part: object) -> int:
    """All arrays below a fitted form, added up."""
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, (tuple, list)):
        return sum(map(_bytes, part))
    if dataclasses.is_dataclass(part):
        return sum(_bytes(getattr(part, f.name)) for f in dataclasses.fields(part))
    return 0


def _difference(form: Form, graph: bytes, material: Material, predictions: Array, task: Task) -> float:
    """`difference` over the gate's rows and the form's own borders."""
    session = Session(graph)
    borders = form.borders()
    pairs = [(predictions, session.run({"x": np.asarray(material.asked)})["y"])]
    if len(borders):
        pairs.append((form.predict(borders), session.run({"x": borders})["y"]))
    python, graphed = (np.vstack(each) for each in zip(*pairs, strict=True))
    return difference(task, python, graphed)
