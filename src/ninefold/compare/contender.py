"""A bundle that takes part in a comparison, and what its run still knows of how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ninefold.core import book
from ninefold.core.problem import Problem
from ninefold.core.table import Array, Dataset
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.loaded import model_of
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.schema import Schema

Table = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Labelled:
    """A table of labelled rows; ``digest`` is its SHA-256 as runs write it down."""

    name: str
    digest: str
    table: Table

    def take(self, rows: Array) -> Labelled:
        kept = rows.tolist()
        return Labelled(self.name, self.digest, {n: [values[i] for i in kept] for n, values in self.table.items()})


@dataclass(frozen=True)
class Contender:
    """``problem`` and ``dataset`` are None where the bundle lies outside of its run."""

    name: str
    bundle: Bundle
    problem: Problem | None = None
    dataset: Dataset | None = None

    @property
    def schema(self) -> Schema:
        return self.bundle.schema

    @property
    def metric(self) -> str:
        """What it was chosen by; empty where nobody knows."""
        return self.problem.metric if self.problem else self.schema.target.metric

    @property
    def source(self) -> str:
        """SHA-256 of the table it was made from; empty where nobody knows."""
        return self.dataset.digest if self.dataset else self.schema.source

    @cached_property
    def model(self) -> Model:
        return model_of(self.bundle)

    def answer(self, table: Table) -> Predictions:
        return self.model.predict(table)


def contender(name: str, folder: Path) -> Contender:
    """The bundle in ``folder``, with its run where it still lies there.

    Raises:
        BundleError: when it is no bundle, or a damaged one.
        RunError: when the run it lies in cannot be read.
    """
    bundle, run = read_bundle(folder), folder.resolve().parent
    if not all(book.read_chapter(run, number) for number in (1, 2)):
        return Contender(name, bundle)
    return Contender(name, bundle, book.read_noun(run, 1, Problem), book.read_noun(run, 2, Dataset))
