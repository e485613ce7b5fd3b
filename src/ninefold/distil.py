"""A small student of a model: a run of its own, whose learners learn what the teacher says (Bucilua, Caruana and
Niculescu-Mizil 2006; Hinton, Vinyals and Dean 2015).

The student's run is the teacher's run once more, with the same wishes, so that it has the same rows to learn from, the
same folds and the same sealed rows. Of a bundle alone there must be labelled rows.
"""

from __future__ import annotations

import dataclasses
import shutil
import threading
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ninefold.core import book, parts
from ninefold.core.errors import MissingExtra, RunError, WishError
from ninefold.core.events import Tell
from ninefold.core.lineage import Lineage, write_lineage
from ninefold.core.parts import Value
from ninefold.core.problem import Budget, Limits, Teaching, Wishes
from ninefold.core.tasks import base_of, serves
from ninefold.core.words import size
from ninefold.core.workshop import Workshop, save_array
from ninefold.runs import Order, Run, put_order, read_order, run, silent
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import Kind, Schema, Task

LEARNERS, RIVAL = "ninefold.learners", "lightgbm"
STUDENTS: dict[Task, tuple[str, ...]] = {
    "binary": ("lightgbm", "logistic_regression"),
    "multiclass": ("lightgbm", "logistic_regression"),
    "regression": ("lightgbm", "ridge_regression"),
}
"""Who learns where nothing is said, by the simple task that the task is made of."""
NETWORKS: dict[Kind, str] = {"image": "cnn", "series": "series_cnn", "text": "text_cnn"}
"""The small network that learns where a column is of that kind."""
OF_CLASSES, OF_VALUES = 0.9, 0.3
"""What the teacher's answers count for beside the truth, where nothing is said."""
SOFT = 5.0
"""The temperature of images of more than two classes, where nothing is said."""
UNTAUGHT: tuple[Task, ...] = ("clustering", "anomaly", "quantile", "multitask")
"""Tasks whose answers no student learns."""


@dataclass(frozen=True)
class Distilling:
    """What is wanted of a student. ``data``: labelled rows; else those that the teacher's run was started with."""

    data: Any = None
    query: str | None = None
    students: tuple[str, ...] = ()
    mix: float | None = None
    temperature: float | None = None
    rows: int | None = None
    limits: Limits = field(default_factory=Limits)
    budget: Budget | None = None


@dataclass(frozen=True)
class Teacher:
    """A bundle with the wishes that its student has; ``run`` is None where it lies outside of its run."""

    name: str
    bundle: Bundle
    wishes: Wishes
    source: str | None
    query: str | None
    run: Run | None


def distil(
    folder: Path, wish: Distilling, runs: Path, *, tell: Tell = silent, stop: threading.Event | None = None
) -> Run:
    """Start a run beside the teacher's, ``folder`` being a run or a bundle, and let students learn from it.

    Raises:
        WishError: NF-E355 when the teacher's task has nothing to teach, a student does not solve it, or there is
            nothing to distil; NF-E356 when its answers are not those that are asked for.
        RunError: NF-E505 when there are no rows.
        NinefoldError, BundleFault: what a run may raise.
    """
    teacher = teacher_at(folder)
    task = teacher.bundle.schema.target.task
    students = students_of(teacher.bundle.schema, wish)
    _refuse_kept(teacher, wish.limits)
    data = wish.data if wish.data is not None else teacher.source
    if data is None:
        hint = "name labelled rows with --data FILE"
        raise RunError("NF-E505", f"there are no rows for a student of {teacher.name} to learn from", hint=hint)
    wishes = dataclasses.replace(
        teacher.wishes,
        learners=students,
        limits=wish.limits,
        budget=wish.budget or teacher.wishes.budget,
        teaching=Teaching(
            teacher.name,
            _mix(task, wish.mix),
            temperature_of(teacher.bundle.schema, wish.temperature),
            wish.rows,
            _rival(teacher.run),
        ),
    )
    made = book.new_folder(runs)
    _bring(teacher, Workshop(made).teacher)
    named = str(Path(data).absolute()) if isinstance(data, (str, Path)) and "://" not in str(data) else None
    source = named or (str(data) if isinstance(data, str) else None)
    put_order(made, Order(source, wish.query if wish.data is not None else teacher.query, wishes))
    known = Path(source).name if source else "dataframe"
    write_lineage(made, Lineage(parent=teacher.name, data=known, rows="all", learned=0, judged=0, student=True))
    return run(None if source else data, resume=made, tell=tell, stop=stop)


def teacher_at(folder: Path) -> Teacher:
    """The teacher in a run's folder, or in a bundle's.

    Raises:
        RunError: NF-E504 when it is neither.
        BundleError: when the bundle is none that may be used.
    """
    if (folder / "order.json").is_file():
        order, taught = read_order(folder), Run(folder)
        return Teacher(taught.id, read_bundle(taught.bundle), order.wishes, order.source, order.query, taught)
    bundle = read_bundle(folder)
    return Teacher(folder.resolve().name, bundle, _wishes_of(bundle.schema), None, None, None)


def _wishes_of(schema: Schema) -> Wishes:
    """What a run for the same answers would be started with."""
    target = schema.target
    return Wishes(
        target=target.several or target.name,
        task=target.task,
        metric=target.metric or None,
        positive=target.positive,
        order=tuple(target.classes) if target.task == "ordinal" else (),
        kinds={column.name: column.kind for column in schema.columns},
    )


def students_of(schema: Schema, wish: Distilling) -> tuple[str, ...]:
    """Who learns: those that are wished for, else who can.

    Raises:
        WishError: NF-E355 when one does not solve the task, or nobody learns it.
        MissingExtra: when one is not installed.
    """
    task, asked = schema.target.task, wish.students
    if task in UNTAUGHT:
        hint = "students learn classes and values"
        raise WishError("NF-E355", f"a model of the task {task} has nothing that a student learns", hint=hint)
    return _checked(asked, task) or _unasked(schema, wish.limits)


def _checked(asked: tuple[str, ...], task: Task) -> tuple[str, ...]:
    for name in asked:
        card = parts.find(LEARNERS, name).card
        if not serves(card.solves, task):
            hint = "ninefold learners --json says what each solves"
            raise WishError("NF-E355", f"{name} cannot be a student here: it does not solve {task}", hint=hint)
        if card.library and find_spec(card.library) is None:
            raise MissingExtra.of(card.title, card.extra)
    return asked


def _unasked(schema: Schema, limits: Limits) -> tuple[str, ...]:
    """Trees and a linear model, of images, series and texts a network as well; where numbers of 8 bits are wished for,
    the network alone."""
    kinds = {column.kind for column in schema.columns}
    own = next((name for kind, name in NETWORKS.items() if kind in kinds), None)
    if limits.int8:
        return _checked((own or "mlp",), schema.target.task)
    more = () if own is None or find_spec("torch") is None else (own,)
    return (*STUDENTS[base_of(schema.target.task)], *more)


def _mix(task: Task, asked: float | None) -> float:
    """Labels of classes are mostly chance, which the teacher takes out; values are mostly what is to be learned."""
    if asked is not None:
        return asked
    return OF_VALUES if base_of(task) == "regression" else OF_CLASSES


def temperature_of(schema: Schema, asked: float | None) -> float:
    """A teacher of images is nearly sure of each; which other classes it thinks of shows where that is made softer."""
    if asked is not None:
        return asked
    soft = len(schema.target.classes) > 2 and any(column.kind == "image" for column in schema.columns)
    return SOFT if soft else 1.0


def _refuse_kept(teacher: Teacher, limits: Limits) -> None:
    """There is nothing to distil where the teacher keeps the limits itself."""
    if teacher.run is None or (limits.bytes is None and limits.microseconds is None):
        return
    model = teacher.run.model
    light = limits.bytes is None or model.bytes <= limits.bytes
    quick = limits.microseconds is None or (model.microseconds or float("inf")) <= limits.microseconds
    if light and quick:
        told = f"{size(model.bytes)}, {model.microseconds:.0f} µs" if model.microseconds else size(model.bytes)
        message = f"the teacher keeps these limits itself ({told})"
        raise WishError("NF-E355", message, hint=f"serve it: ninefold serve {teacher.name}; or set tighter limits")


def _rival(taught: Run | None) -> dict[str, Value]:
    """The settings of the best LightGBM of the teacher's run; the default ones where it tried none."""
    trials = taught.leaderboard.trials if taught else ()
    own = [t for t in trials if t.learner == RIVAL and t.state == "finished" and not t.augment and t.loss is not None]
    return min(own, key=lambda trial: trial.loss or 0.0).settings if own else {}


def _bring(teacher: Teacher, place: Path) -> None:
    """The teacher's graph, and of its own run what it said out of fold, into the student's run."""
    place.mkdir()
    write_whole(place / "model.onnx", teacher.bundle.graph)
    if teacher.run is not None and teacher.run.model.out_of_fold is not None:
        shutil.copyfile(teacher.run.model.out_of_fold, place / "out_of_fold.npy")
        save_array(place / "target.npy", teacher.run.dataset.rows.target)
