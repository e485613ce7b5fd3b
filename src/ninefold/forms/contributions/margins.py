"""What forms say before their link, split by raw column: linear ones, rules, and trees along their paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.contributions.paths import Walk
from ninefold.forms.contributions.secants import LAST
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.forest import Forest
from ninefold.forms.linear import Linear
from ninefold.forms.onnx import Session, Var, block_input, compiled, const, op
from ninefold.forms.rules import Rules

CELLS = 2_000_000
"""Numbers (16 MB) that a table of the leaves of a forest may have; a larger forest is not explained."""
SAMPLE = 5_000
"""Training rows that tell how often each leaf is reached."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What is known of the view: training rows ``matrix`` [N, D], and the ``shares`` [D, C] that each of C raw columns
    has in each of its columns."""

    matrix: Array
    shares: Array


@dataclass(frozen=True, eq=False)
class Margin:
    """``scores`` [N, S], which are ``base`` [S] for a typical row, and what raw columns add, ``parts`` [N, S, C]."""

    scores: Var
    base: Array
    parts: Var


def of_linear(form: Linear, x: Var, learned: Learned) -> Margin:
    """Each weight times the distance from the column's mean."""
    return _weighted(x, learned.matrix.mean(axis=0), form.coefficients, form.intercept, learned.shares)


def of_rules(form: Rules, x: Var, learned: Learned) -> Margin:
    """The same of rules, which hold or do not; the columns that a rule asks about share alike in it."""
    asks = np.abs(form.uses).T @ np.eye(len(learned.shares))[form.conditions.column]
    shares = (asks / np.maximum(asks.sum(axis=1, keepdims=True), 1.0)) @ learned.shares
    mean = form.hold(_few(learned.matrix)).mean(axis=0)
    return _weighted(form.nodes(x), mean, form.weights, form.intercept, shares)


def _weighted(x: Var, mean: Array, weights: Array, intercept: Array, shares: Array) -> Margin:
    apart = op.sub(x, const(mean))
    each = op.mul(op.unsqueeze(apart, const([1], np.int64)), const(weights.T[None]))
    scores = op.add(op.matmul(x, const(weights)), const(intercept))
    return Margin(scores, mean @ weights + intercept, op.matmul(each, const(shares)))


def of_forest(forest: Forest, x: Var, learned: Learned) -> Margin:
    """The change of the expected score along the paths of the row (Saabas 2014).

    What is expected at a node is the mean of the leaves below it, each weighted by how many training rows reach it;
    all libraries' trees are counted alike, on the same rows. A leaf counts for half a row more than reach it, so that
    leaves that none of the sample reaches have a say as well.

    Raises:
        Untold: when the forest is too large.
    """
    width, scores = forest.leaves.shape[1], forest.scores
    columns = learned.shares.shape[1] + 1
    rows = len(forest.leaf_tree)
    if rows * width * columns > CELLS:
        raise Untold(f"{rows} leaves are too many for a table of what each column adds")
    # One more column for the whole way, also where it is not known which raw column to give it to.
    shares = np.hstack([learned.shares, np.ones((len(learned.shares), 1))])
    walk = Walk.of(forest, _visits(forest, learned.matrix))
    found = op.gather(const(walk.gains(shares).reshape(rows, width * columns)), op.cast(forest.reached(x), to=np.int64))
    shape = [-1, len(forest.roots) * width // scores, scores, columns]
    summed = op.reduce_sum(op.reshape(found, const(shape, np.int64)), const([1], np.int64), keepdims=False)
    base = walk.expected.reshape(-1, scores).sum(axis=0)
    if forest.average:
        summed, base = op.div(summed, const(float(len(forest.roots)))), base / len(forest.roots)
    parts = op.slice(summed, const([0], np.int64), const([columns - 1], np.int64), const([LAST], np.int64))
    whole = op.gather(summed, const(columns - 1, np.int64), axis=LAST)
    return Margin(op.add(whole, const(base)), base, parts)


def _visits(forest: Forest, matrix: Array) -> Array:
    """[L]: how many of a sample of the training rows reach each leaf."""
    x = block_input(np.float64, matrix.shape[1])
    session = Session(compiled({"x": x}, {"leaf": forest.reached(x)}))
    reached = session.run({"x": np.ascontiguousarray(_few(matrix))})["leaf"]
    return np.bincount(reached.astype(np.int64).ravel(), minlength=len(forest.leaf_tree))


def _few(matrix: Array) -> Array:
    return matrix[:: max(1, -(-len(matrix) // SAMPLE))]
