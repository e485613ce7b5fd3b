"""What a worker has at hand: the run's first chapters, and views fitted on demand, shared by all workers as files."""

from __future__ import annotations

import dataclasses
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from ninefold.core.book import read_noun
from ninefold.core.lesson import Lesson, read_lesson
from ninefold.core.plan import Fold, Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import Examples, Sensitive, View
from ninefold.core.recipe import Features
from ninefold.core.table import Array, Dataset, Rows, read_rows
from ninefold.core.tasks import known
from ninefold.core.workshop import Workshop, load_array, save_array
from ninefold.fairness.groups import grouping_of
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import chooses, fit_recipe


@dataclass(frozen=True)
class ViewNotes:
    """``names`` of the matrix columns, which of them hold category codes, and what a row reshapes to."""

    names: tuple[str, ...]
    categorical: tuple[int, ...]
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Material:
    """A view fitted on one fold's learned rows: their matrix (train rows first, then stop rows), the matrix of the
    rows to predict (validation rows, or gate rows), the view's graph, and of a student that learns
    from all rows the matrix of the made ones."""

    learned: Array
    asked: Array
    notes: ViewNotes
    graph: Path
    made: Array | None = None


class Desk:
    """One run as its workers see it; ``run`` is its folder, whose first four chapters must be written.

    Raises:
        RunError: when problem, dataset or features cannot be read.
    """

    def __init__(self, run: Path) -> None:
        self.workshop = Workshop(run)
        self.problem = read_noun(run, 1, Problem)
        self.dataset = read_noun(run, 2, Dataset)
        self.features = read_noun(run, 4, Features)

    @cached_property
    def plan(self) -> Plan:
        return Plan.read(self.workshop.plan)

    @cached_property
    def gate(self) -> Rows:
        """The rows of the parity gate, which training writes before it asks for fits on all rows."""
        return read_rows(self.workshop.gate, self.dataset.names)

    @cached_property
    def lesson(self) -> Lesson | None:
        """What a teacher says, which selection asks before the first fit."""
        return None if self.problem.teaching is None else read_lesson(self.workshop, self.dataset.names)

    @cached_property
    def sensitive(self) -> Sensitive | None:
        """The groups of all training rows, where fairness between them is asked for."""
        if self.problem.fair is None:
            return None
        name = self.problem.sensitive[0]
        values = self.dataset.rows.columns[name]
        grouping = grouping_of(self.dataset.column(name), values)
        return None if isinstance(grouping, str) else Sensitive(grouping.codes(values), self.problem.fair)

    def fold(self, number: int | None) -> Fold:
        """A fold of the plan; None learns from every training row and asks for the gate rows."""
        if number is not None:
            return self.plan.folds[number]
        nothing = np.empty(0, np.int64)
        return Fold(np.arange(self.dataset.train_rows), nothing, nothing)

    def material(self, view: View, number: int | None) -> Material:
        """The view fitted for a fold, made at the first asking by whichever worker comes first."""
        folder = self.workshop.views / f"{view}-{'all' if number is None else number}"
        if not folder.exists():
            self._make(folder, view, number)
        notes = msgspec.json.decode((folder / "notes.json").read_bytes(), type=ViewNotes)
        made = load_array(folder / "made.npy") if (folder / "made.npy").exists() else None
        return Material(
            load_array(folder / "learned.npy"), load_array(folder / "asked.npy"), notes, folder / "view.onnx", made
        )

    def _make(self, folder: Path, view: View, number: int | None) -> None:
        fold, rows = self.fold(number), self.dataset.rows
        learned = rows.take(fold.learned)
        target = dataclasses.replace(known(self.problem, learned.target), chosen=self._chosen(view, number))
        columns = {column.name: column for column in self.dataset.columns}
        rng = np.random.default_rng([self.problem.seed, 4, -1 % 2**32 if number is None else number])
        fitting = fit_recipe(self.features.recipe(view), columns, learned, target, rng)
        graph = fitting.recipe.compiled()
        asked = self.gate if number is None else rows.take(fold.valid)
        partial = folder.with_name(f".{folder.name}.{os.getpid()}")
        partial.mkdir(parents=True)
        save_array(partial / "learned.npy", fitting.matrix)
        session = Session(graph)
        save_array(partial / "asked.npy", session.rows(asked.columns)["x"])
        if number is None and self.lesson is not None and len(self.lesson.said):
            save_array(partial / "made.npy", session.rows(self.lesson.made.columns)["x"])
        (partial / "view.onnx").write_bytes(graph)
        notes = ViewNotes(fitting.recipe.names, fitting.recipe.categorical, fitting.recipe.shape)
        (partial / "notes.json").write_bytes(msgspec.json.encode(notes))
        try:
            partial.rename(folder)
        except OSError:  # another worker was first; its copy is the same
            shutil.rmtree(partial)

    def _chosen(self, view: View, number: int | None) -> frozenset[str] | None:
        """The columns that the first fold has, which every trial was validated on, for a fit on all rows."""
        if number is not None or not chooses(self.features.recipe(view)):
            return None
        return frozenset(self.material(view, 0).notes.names)

    def examples(self, material: Material, number: int | None, *, stopping: bool) -> Examples:
        """A fold's training examples; with ``stopping`` its stop rows are set apart, else learned from as well."""
        fold = self.fold(number)
        target = self.dataset.rows.target
        split = len(fold.train) if stopping and len(fold.stop) else len(fold.learned)
        stop = self._examples(material, material.learned[split:], target[fold.learned[split:]], None)
        apart = stop if split < len(fold.learned) else None
        examples = self._examples(material, material.learned[:split], target[fold.learned[:split]], apart)
        if self.sensitive is None:
            return examples
        return dataclasses.replace(examples, sensitive=self.sensitive.take(fold.learned[:split]))

    def _examples(self, material: Material, x: Array, y: Array, stop: Examples | None) -> Examples:
        notes = material.notes
        asked = self.problem
        names, codes = notes.names, notes.categorical
        season = 1 if asked.folding is None else asked.folding.season
        return Examples(
            x,
            y,
            asked.task,
            asked.outputs,
            names,
            codes,
            stop,
            levels=asked.levels,
            shape=notes.shape,
            season=season,
        )
