"""A weighted sum of members' predictions, the weights found greedily on out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ninefold.core.loss import Loss
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold_runtime.schema import Task

STEPS = 50
LEAN, LIGHT = 1e-3, 4_000_000
"""Share of the loss that a member must be worth; one of more bytes than ``LIGHT`` as many times more."""
SAMPLE = 20_000
"""Rows that weights are found on at most: an even part of them, as more would not change the weights."""


def greedy(
    predictions: Mapping[int, Array],
    y: Array,
    task: Task,
    most: int,
    levels: tuple[float, ...] = (),
    *,
    weighing: Mapping[int, int] | None = None,
) -> dict[int, float]:
    """Weights summing to 1 for at most ``most`` members, by forward selection with replacement.

    Each step adds the member that lowers the blend's loss (`ninefold.core.loss`) most; the best prefix is kept.
    ``predictions`` are [N, K] by id, rows without a prediction NaN throughout; ``weighing`` are the members' bytes.
    Caruana and others 2004.
    """
    ids = list(predictions)
    whole = Loss.against(task, y, levels)
    columns = np.stack([whole.judged(predictions[i]) for i in ids])
    rows = np.flatnonzero(~np.isnan(columns).any(axis=0).reshape(len(y), -1).any(axis=1))
    rows = rows[:: -(-len(rows) // SAMPLE) or 1]
    columns = columns.reshape(len(ids), len(y), -1)[:, rows].reshape(len(ids), -1)
    known = whole.take(rows)
    total = np.zeros(columns.shape[1])
    chosen: list[int] = []
    best, prefix = np.inf, 0
    for step in range(1, STEPS + 1):
        full = len(set(chosen)) >= most
        losses = [
            np.inf if full and m not in chosen else float(known.of((total + column) / step).mean())
            for m, column in enumerate(columns)
        ]
        winner = int(np.argmin(losses))
        chosen.append(winner)
        total += columns[winner]
        if losses[winner] < best - 1e-9:
            best, prefix = losses[winner], step
    counts = np.bincount(chosen[:prefix], minlength=len(ids)).astype(float)
    worth = LEAN * np.maximum(1.0, np.array([(weighing or {}).get(i, 0) for i in ids]) / LIGHT)
    lean = _lean(columns, counts, lambda blend: float(known.of(blend).mean()), best, worth)
    return {ids[m]: float(share) for m, share in enumerate(lean) if share}


def _lean(columns: Array, counts: Array, loss: Callable[[Array], float], reached: float, worth: Array) -> Array:
    """Shares [M] of the members, without those that are not worth (share of the loss, [M]) what they cost: each takes
    time at every answer, and a heavy one in building and proving the graph as well."""
    shares: Array = counts / counts.sum()
    while (shares > 0).sum() > 1:
        present = np.flatnonzero(shares)
        without = [np.where(np.arange(len(shares)) == m, 0.0, shares) for m in present]
        losses = np.array([loss((fewer / fewer.sum()) @ columns) for fewer in without])
        missed = (losses - reached) / max(abs(reached), 1e-300) / worth[present]
        best = int(np.argmin(missed))
        if missed[best] > 1.0:
            break
        shares = without[best] / without[best].sum()
    return shares


def evenly(members: Sequence[int]) -> dict[int, float]:
    """The same weight for each of them, summing to 1."""
    return dict.fromkeys(members, 1 / len(members))


def blended(predictions: Mapping[int, Array], weights: Mapping[int, float]) -> Array:
    """The weighted sum [N, K]."""
    return np.asarray(sum(weight * predictions[i] for i, weight in weights.items()))


def blend_graph(members: list[tuple[float, Var]]) -> Var:
    """The same as nodes; ``members`` are (weight, [N, K])."""
    weighted = [op.mul(member, const(weight)) for weight, member in members]
    total = weighted[0]
    for more in weighted[1:]:
        total = op.add(total, more)
    return total
