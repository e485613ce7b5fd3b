"""A table as the first four stages of a run leave it, for a page to try learners on parts of its rows.

``desk = lab.of(table, "survived")``, then ``desk.said("random_forest", inside, outside, trees=50)``; and, of plain
numbers, ``lab.fit("random_forest", x, y, trees=50).predict(more)``.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold import runs
from ninefold.core import parts
from ninefold.core.book import read_noun
from ninefold.core.problem import Problem, Wishes
from ninefold.core.protocols import Examples, Form, View
from ninefold.core.recipe import Features, Preparation
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.tasks import known
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import fit_recipe
from ninefold.guide import tools
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    import polars as pl

MOST_CODES = 20
"""Different numbers up to which a target is taken for one of classes."""
Split = tuple[Array, Array]
"""Positions of the rows to learn from, and of those to be asked about."""


@dataclass(frozen=True, eq=False)
class Lab:
    """The checked problem, all rows that have a target, and recipes that are fitted on the rows learned from alone."""

    problem: Problem
    rows: Rows
    columns: dict[str, Column]
    preparation: Preparation
    features: Features
    _seen: dict[Any, tuple[Examples, Array]] = field(default_factory=dict, repr=False)

    @property
    def y(self) -> Array:
        """Class codes [N], positions in ``problem.classes``, or values."""
        return self.rows.target

    def folds(self, folds: int = 5, seed: int = 0, scheme: str = "stratified") -> list[Split]:
        """By a splitter of the search."""
        splitter = parts.find("ninefold.select.splitters", scheme)(folds)
        found: list[Split] = splitter.split(self.rows, self.problem.outputs, np.random.default_rng(seed))
        return found

    def seen(self, view: View, inside: Array, outside: Array) -> tuple[Examples, Array]:
        """What a learner of that view learns from, and the matrix of the rows it is asked about."""
        key = (view, inside.tobytes(), outside.tobytes())
        if key not in self._seen:
            learned = self.rows.take(inside)
            rng = np.random.default_rng(self.problem.seed)
            target = known(self.problem, learned.target)
            made = fit_recipe(self.features.recipe(view), self.columns, learned, target, rng)
            x = Session(made.recipe.compiled()).rows(self.rows.take(outside).columns)["x"]
            names, codes = made.recipe.names, made.recipe.categorical
            examples = Examples(made.matrix, learned.target, self.problem.task, self.problem.outputs, names, codes)
            self._seen[key] = examples, x
        return self._seen[key]

    def matrix(self, view: View) -> Array:
        """All rows as one view shows them, fitted on all of them: for what no row is held out from."""
        every = np.arange(len(self.y))
        return self.seen(view, every, every)[1]

    def said(
        self, learner: str, inside: Array, outside: Array, *, view: View = "", seed: int = 0, **settings: Any
    ) -> Array:
        """[N, K]: what the learner, fitted on the rows ``inside``, says of those ``outside``; ``view`` is its card's,
        or another that keeps its promise."""
        card = parts.find("ninefold.learners", learner).card
        data, x = self.seen(view or card.view, inside, outside)
        return np.asarray(tools.fit(learner, data, seed, **settings).predict(x))

    def score(self, metric: str, y: Array, said: Array) -> float:
        """By a metric's name; metrics of labels take the most probable class."""
        labels = said.argmax(axis=1) if self.problem.classes else None
        return metric_for(self.problem, metric).score(y, said, labels)


def fit(learner: str, x: Array, y: Array, *, seed: int = 0, **settings: Any) -> Form:
    """A learner on numbers without a table around them, as `tools.examples` takes them."""
    return tools.fit(learner, tools.examples(x, y), seed, **settings)


def binary(table: pl.DataFrame, target: str) -> pl.DataFrame:
    """The table with a target of two classes: as it is where it has two; numbers above the median or not; else the most
    frequent class or another."""
    import polars as pl

    known = table[target].drop_nulls()
    if known.n_unique() == 2:
        return table
    numbers = known.dtype.is_numeric() and known.n_unique() > MOST_CODES
    yes = pl.col(target) > known.median() if numbers else pl.col(target) == known.mode().sort()[0]
    return table.with_columns(yes.alias(target))


def of(table: pl.DataFrame, target: str, **wishes: Any) -> Lab:
    """Stages 1 to 4 of a run, as they are; ``wishes`` are further fields of `ninefold.core.problem.Wishes`.

    Raises:
        InputError: when the table, the target or a wish cannot be used.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        table.write_parquet(path)
        run = runs.prepare(path, Wishes(target=target, **wishes), Path(folder))
        for number in range(1, 5):
            runs.stage(number, run)
        problem, dataset = read_noun(run, 1, Problem), read_noun(run, 2, Dataset)
        preparation, features = read_noun(run, 3, Preparation), read_noun(run, 4, Features)
        rows = _all(dataset.rows, dataset.sealed.open())
    columns = {column.name: column for column in dataset.columns}
    return Lab(problem, rows, columns, preparation, features)


def _all(some: Rows, others: Rows) -> Rows:
    """Both together: nothing here is sealed, every experiment holds out rows of its own."""
    columns = {name: np.concatenate([values, others.columns[name]]) for name, values in some.columns.items()}
    return Rows(columns, np.concatenate([some.target, others.target]))
