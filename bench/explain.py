"""Shapley values by asking the graph, next to exact ones from the trees themselves: how far apart, and how long."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import factorial
from typing import Any

import numpy as np

import results
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.onnx import Session, form_graph
from ninefold_runtime.explain.asked import Arrays, Asked, Background
from ninefold_runtime.explain.shapley import shapley
from ninefold_runtime.schema import Column, Schema, Target

ADDITIVE, EXACT = 1e-4, 1e-6
"""Largest gap between base + values and the answer, and between enumerated values and those of the trees, both in
standard deviations of the target."""
MOST = 20_000
HEADINGS = (
    "columns",
    "made-up rows",
    "trees",
    "way",
    "answers",
    "s a row",
    "trees themselves, s",
    "off",
    "standard error",
    "difference",
)
ABOUT = """LightGBM regression on made numbers; per row explained, one thread. Differences and standard errors are the
largest of any value, in standard deviations of the target. The trees themselves: interventional values leaf by leaf in
NumPy."""


@dataclass(frozen=True)
class Case:
    columns: int
    background: int
    rows: int = 3


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    table, holds = [], True
    for case in (Case(6, 50), Case(6, 200), Case(12, 200), Case(30, 200)):
        line, fine = measure(case)
        table.append(line)
        holds = holds and fine
    results.write("Shapley values by asking the graph", f"{ABOUT}\n\n{results.table(HEADINGS, table)}")
    return int(not holds)


def measure(case: Case) -> tuple[list[str], bool]:
    rng = np.random.default_rng(case.columns)
    x = rng.normal(size=(4000, case.columns))
    y = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + x[:, 3:].sum(axis=1) / 3 + rng.normal(size=len(x)) / 5
    names = tuple(f"x{i}" for i in range(case.columns))
    data = Examples(x, y, "regression", 1, names)
    forest = parts.make("ninefold.learners", "lightgbm", {}).fit(data, rng=rng, clock=Clock())
    assert isinstance(forest, Forest)
    weights = np.full(case.background, 1 / case.background)
    asked = _asked(forest, names, x[: case.background], weights)
    rows = range(4000 - case.rows, 4000)
    found, seconds = _timed([partial(shapley, asked, _row(names, x[i]), most=MOST, seed=i) for i in rows])
    behind = x[: case.background]
    exact, of_trees = _timed([partial(of_leaves, forest, x[i], behind, weights) for i in rows])
    spread = float(y.std())
    apart = max(float(np.abs(a.amounts[:, 0] - b).max()) for a, b in zip(found, exact, strict=True)) / spread
    off = max(each.off for each in found) / spread
    error = max(float(each.errors.max()) for each in found) / spread
    way = "all coalitions" if found[0].exact else "drawn orders"
    line = [
        str(case.columns), str(case.background), str(len(forest.roots)), way, f"{found[0].asked:,}", f"{seconds:.2f}",
        f"{of_trees:.2f}", f"{off:.0e}", f"{error:.4f}", f"{apart:.0e}",
    ]  # fmt: skip
    return line, off <= ADDITIVE and (apart <= EXACT if found[0].exact else apart <= 6 * error)


def _asked(forest: Forest, names: tuple[str, ...], background: Array, weights: Array) -> Asked:
    session = Session(form_graph(forest, len(names)))

    def ask(rows: Arrays) -> Array:
        return session.run({"x": np.column_stack([rows[name] for name in names])})["y"]

    columns = tuple(Column(name=name, kind="number") for name in names)
    schema = Schema(columns=columns, target=Target(name="y", task="regression"))
    return Asked(schema, ask, ("y",), Background(dict(zip(names, background.T, strict=True)), weights))


def _row(names: tuple[str, ...], values: Array) -> Arrays:
    return {name: values[[j]] for j, name in enumerate(names)}


def _timed(calls: list[Callable[[], Any]]) -> tuple[list[Any], float]:
    """What the calls return, and the seconds that one takes."""
    started = time.perf_counter()
    made = [call() for call in calls]
    return made, (time.perf_counter() - started) / len(calls)


def of_leaves(forest: Forest, row: Array, background: Array, weights: Array) -> Array:
    """Interventional values [D] of a forest of numbers that adds up its leaves (Lundberg and others 2020).

    A leaf is reached by a hybrid if on its path each column takes a value that goes there: the row's, the background
    row's, or either. Of U columns that must be the row's and V that must be the background's, each of the first gets
    (U - 1)! V! / (U + V)! of the leaf, and each of the second -U! (V - 1)! / (U + V)!.
    """
    leaf, node, side = _paths(forest)
    order = np.lexsort((forest.feature[node], leaf))
    leaf, node, side = leaf[order], node[order], side[order]
    column = forest.feature[node]
    first = np.flatnonzero(np.diff(leaf, prepend=-1) | np.diff(column, prepend=-1))
    ways = (_left(forest, rows)[:, node] == side for rows in (row[None], background))
    goes = [np.logical_and.reduceat(way, first, axis=1) for way in ways]
    own, other = goes[0] & ~goes[1], ~goes[0] & goes[1]
    leaf, column = leaf[first], column[first]
    starts = np.flatnonzero(np.diff(leaf, prepend=-1))
    dead = np.logical_or.reduceat(~goes[0] & ~goes[1], starts, axis=1)
    counts = [np.add.reduceat(part, starts, axis=1, dtype=int) for part in (own, other)]
    lengths = np.diff(np.append(starts, len(leaf)))
    value = forest.leaves[leaf[starts], 0] * ~dead * weights[:, None]
    most = max(int(lengths.max()), 1)
    factorials = [float(factorial(i)) for i in range(2 * most + 1)]
    chance = np.array([[factorials[max(u - 1, 0)] * factorials[v] / factorials[u + v] for v in range(most + 1)]
                       for u in range(most + 1)])  # fmt: skip
    gains = np.repeat(value * chance[counts[0], counts[1]], lengths, axis=1) * own
    losses = np.repeat(value * chance[counts[1], counts[0]], lengths, axis=1) * other
    return np.bincount(column, (gains - losses).sum(axis=0), minlength=forest.width)


def _left(forest: Forest, rows: Array) -> Array:
    """[N, M]: whether each row goes left at each node."""
    cells = rows[:, forest.feature]
    return np.where(np.isnan(cells), forest.nan_left, cells <= forest.threshold)


def _paths(forest: Forest) -> tuple[Array, Array, Array]:
    """The nodes on the way to each leaf, as three arrays side by side: leaf, node, whether the way goes left there."""
    found: list[tuple[int, int, bool]] = []
    for root in forest.roots.tolist():
        ways: list[tuple[int, list[tuple[int, bool]]]] = [(root, [])]
        while ways:
            at, way = ways.pop()
            if at < 0:
                found += [(~at, node, side) for node, side in way]
                continue
            ways += [(int(forest.left[at]), [*way, (at, True)]), (int(forest.right[at]), [*way, (at, False)])]
    leaf, node, side = zip(*found, strict=True)
    return np.array(leaf), np.array(node), np.array(side)


if __name__ == "__main__":
    sys.exit(main())
