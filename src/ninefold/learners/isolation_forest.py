"""Isolation forest: what few random cuts suffice to set apart is unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.trees.sklearn import read
from ninefold.learners._sklearn import tame
from ninefold.learners._trivial import constant
from ninefold.learners._unusual import is_uniform, ranked


@dataclass(frozen=True)
class IsolationForest:
    """Cuts small draws of rows at random columns and thresholds until each is alone, and counts the cuts."""

    trees: int = setting(200, "Trees grown", low=10, high=1000, log=True, tiny=10)
    rows: int = setting(256, "Rows that each tree is grown on", low=16, high=4096, log=True)

    card: ClassVar[Card] = Card(
        title="Isolation forest",
        solves=("anomaly",),
        view="plain",
        idea="Rows that few random cuts set apart from all others are unusual.",
        inductive_bias="Anomalies are few and lie outside in some columns; cuts are axis-parallel.",
        cost="Trees x rows per tree, whatever the size of the table; each prediction walks all trees.",
        source="Liu, Ting and Zhou 2008; scikit-learn",
        questions=(40,),
        seconds=0.5,
        family="forest",
        beats_baseline_on=("hollow", "strays"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        from sklearn import ensemble

        if is_uniform(data):
            return constant(data)
        size, seed = min(self.rows, len(data.x)), int(rng.integers(2**31 - 1))
        model = ensemble.IsolationForest(n_estimators=self.trees, max_samples=size, random_state=seed)
        return ranked(_isolation(model.fit(tame(data.x)), size), data, rng)


def _isolation(model: Any, size: int) -> _Isolation:
    typical = float(_unsuccessful(np.array([size]))[0])
    forest = read(
        model.estimators_,
        np.ones((1, 1)),
        "identity",
        lambda x: -typical * np.log2(-model.score_samples(tame(x)))[:, None],
        None,
    )
    return _Isolation(replace(forest, leaves=_lengths(model.estimators_)), typical)


def _lengths(trees: Sequence[Any]) -> Array:
    """[L, 1]: cuts on the way to each leaf, and those that its rows would still need on average."""
    inner = [tree.tree_ for tree in trees]
    lengths = [tree.compute_node_depths() - 1 + _unsuccessful(tree.n_node_samples) for tree in inner]
    is_leaf = np.concatenate([tree.children_left for tree in inner]) < 0
    return np.asarray(np.concatenate(lengths)[is_leaf][:, None])


def _unsuccessful(rows: Array) -> Array:
    """Mean length of an unsuccessful search in a binary search tree of that many rows (Preiss 1999)."""
    some = np.maximum(rows, 3)
    many = 2 * (np.log(some - 1) + np.euler_gamma) - 2 * (some - 1) / some
    return np.where(rows > 2, many, np.where(rows == 2, 1.0, 0.0))


@dataclass(frozen=True, eq=False)
class _Isolation:
    """The score of the paper, 2^(-length / typical) in 0 to 1; ``forest`` gives the mean length of a row's way."""

    forest: Forest
    typical: float

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return np.asarray(np.exp2(-self.forest.predict(x) / self.typical))

    def graph(self, x: Var) -> Var:
        return op.pow(const(2.0), op.div(self.forest.graph(x), const(-self.typical)))

    def borders(self) -> Array:
        return self.forest.borders()
