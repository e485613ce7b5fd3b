"""A run that has come as far as evaluation, made by hand: what deployment and monitoring start from."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import bundles
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.journal import Journal
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.results import Bundle, Calibration, Evaluation, Member, Model, Parity, Score, Slice, Verdict, Watch
from ninefold.core.section import Finding
from ninefold.core.table import Dataset, Rows, Sealed, write_rows
from ninefold.deploy.stage import deploy
from ninefold.monitor.stage import watch
from ninefold_runtime.model import Model as Graph
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import from_columns

ROWS, SEALED = 1500, 300
SECRET = "Jane Doe, 4 Mill Lane"


@dataclass(frozen=True)
class Run:
    """``folder`` is the run's; ``out_of_fold`` the file that ``model`` names."""

    folder: Path
    problem: Problem
    dataset: Dataset
    model: Model
    evaluation: Evaluation
    bundle: Bundle
    out_of_fold: Path

    def deploy(self) -> Bundle:
        return deploy(self.problem, self.dataset, self.model, self.evaluation, context=self._context(8, "bundle"))

    def watch(self) -> Watch:
        nouns = self.problem, self.dataset, self.model, self.evaluation, self.bundle
        return watch(*nouns, context=self._context(9, "watch"))

    def _context(self, number: int, name: str) -> Context:
        folder = self.folder / f"{number}-{name}"
        folder.mkdir(exist_ok=True)
        clock, journal = Clock(60, time.monotonic()), Journal(self.folder / "journal.log")
        return Context(number, folder, self.folder, clock, journal, _quiet, _no_crew, threading.Event())


def _quiet(_: object) -> None: ...


def _no_crew() -> None:  # type: ignore[misc]
    raise AssertionError("these stages fit nothing")


def run(folder: Path, task: str = "binary", *, labelled: bool = False) -> Run:
    """With ``labelled`` the truth of the training rows is as probable as the graph says; else it is the first class."""
    folder.mkdir(parents=True)
    schema = bundles.schema(task)
    table = bundles.table(ROWS, seed=9)
    arrays = from_columns(schema, table, ROWS).arrays
    arrays["remark"][7] = SECRET
    made = Graph(bundles.graph(task), schema).predict_arrays(arrays)
    predictions = made.predictions[:, None] if made.probabilities is None else made.probabilities.copy()
    predictions[::10] = np.nan
    np.save(folder / "out-of-fold.npy", predictions, allow_pickle=False)
    problem = _problem(task, schema.target.classes)
    return Run(
        folder,
        problem,
        _dataset(folder, arrays, _drawn(made.probabilities) if labelled else np.zeros(ROWS)),
        _model(folder, task),
        replace(_evaluation(schema.target.classes), **_answers(folder, task)),
        Bundle(folder / "bundle", {}, 0),
        folder / "out-of-fold.npy",
    )


def _answers(folder: Path, task: str) -> dict[str, Path]:
    """What the graph says of rows that are not among the training rows, as evaluation keeps it."""
    schema = bundles.schema(task)
    arrays = from_columns(schema, bundles.table(SEALED, seed=10), SEALED).arrays
    made = Graph(bundles.graph(task), schema).predict_arrays(arrays)
    if made.probabilities is None:
        np.save(folder / "answers.npy", made.predictions.reshape(SEALED, -1), allow_pickle=False)
        return {"answers": folder / "answers.npy"}
    np.save(folder / "answers.npy", made.probabilities, allow_pickle=False)
    codes = np.array([made.classes.index(label) for label in made.predictions])
    np.save(folder / "decided.npy", codes, allow_pickle=False)
    return {"answers": folder / "answers.npy", "decided": folder / "decided.npy"}


def _problem(task: str, classes: tuple[str, ...]) -> Problem:
    return Problem(
        source="people.csv",
        target="outcome",
        task=task,  # type: ignore[arg-type]
        task_why="few values",
        classes=classes,
        positive=classes[-1] if task == "binary" else None,
        metric="log_loss",
        metric_why="probabilities matter",
        validation=Validation("stratified", 5),
        budget=Budget(),
        seed=0,
        holdout=0.2,
        time="day",
        sensitive=("sex",),
    )


def _drawn(probabilities: np.ndarray | None) -> np.ndarray:
    assert probabilities is not None
    return (np.random.default_rng(3).random(ROWS) < probabilities[:, 1]).astype(np.int64)


def _dataset(folder: Path, arrays: dict[str, np.ndarray], truth: np.ndarray) -> Dataset:
    extra = Column(name="ticket", kind="id")
    columns = {**arrays, "ticket": np.array([f"{SECRET} {i}" for i in range(ROWS)], object)}
    write_rows(Rows(columns, truth), folder / "train.parquet")
    return Dataset(
        columns=(*bundles.COLUMNS, extra),
        train_path=folder / "train.parquet",
        train_rows=ROWS,
        sealed=Sealed(folder / "sealed.parquet", tuple(columns), 300),
        origin="postgresql://someone:password@host/people",
        digest="d" * 64,
        sealing="at random",
        refused={"cabin": "empty"},
        dropped_rows={"no target": 3},
    )


def _model(folder: Path, task: str) -> Model:
    graph = folder / "model.onnx"
    graph.write_bytes(bundles.graph(task))
    return Model(
        graph=graph,
        digest="e" * 64,
        bytes=graph.stat().st_size,
        members=(Member(1, "logistic", "logistic regression", 1.0, None, 1e-12),),
        calibration=Calibration("temperature", (1.1,)),
        threshold=0.4 if task == "binary" else None,
        threshold_why="least cost",
        parity=Parity(1500, 300, 1e-12, True, 1e-9),
        columns=tuple(column.name for column in bundles.COLUMNS),
        microseconds=21.0,
        out_of_fold=folder / "out-of-fold.npy",
    )


def _evaluation(classes: tuple[str, ...]) -> Evaluation:
    headline = Score("roc_auc", "ROC AUC", 0.8812, 0.86, 0.90, True, 0.5)
    return Evaluation(
        headline=headline,
        scores=(headline, Score("accuracy", "accuracy", 0.8, 0.78, 0.82, True)),
        rows=300,
        classes=classes,
        confusion=(),
        calibration=(),
        calibration_error=0.021,
        curves=(),
        slices=(Slice("sex", "female", 120, 0.86, 0.83, 0.89),),
        importances=(),
        verdict=Verdict("good", "Training and sealed scores agree.", 0.9, 0.88, 0.8812, 0.5),
        findings=(Finding("NF702", "warning", "A slice is weak", "0.71 where port is Queenstown", "add rows"),),
    )
