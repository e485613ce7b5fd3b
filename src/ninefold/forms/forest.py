"""One form for every tree learner: trees as plain arrays, which become one ``TreeEnsemble`` node in double precision.

Trees compare a column with a threshold, so a graph in single precision would send rows near a threshold to the other
side; in double precision the graph takes each row the very way the library does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.links import Link, nodes
from ninefold.forms.onnx import Var, const, ml, op

AT_MOST, MEMBER = 0, 6
"""Node modes of ai.onnx.ml 5: go left where x <= threshold, or where x is one of a set of codes."""
BORDER_NODES = 100


@dataclass(frozen=True, eq=False)
class Forest:
    """T trees over D columns, their M nodes in one row, their L leaves in another.

    ``roots`` [T], ``left`` [M] and ``right`` [M] name a node by its number m and a leaf l by ~l. Node m sends a row
    left where column ``feature[m]`` is at most ``threshold[m]``, or is among ``members[m]`` if m is in there; NaN goes
    left where ``nan_left[m]``. Codes start at 1: some readers of ONNX take a 0 in a set for its end.

    ``leaves`` [L, 1]: leaf l adds its number to score ``leaf_tree[l] % scores``; or [V, scores]: to all scores, and
    leaf l takes row ``leaf_row[l]`` (many leaves of a deep tree say the same, such as one class for sure), or row l.
    ``average``: the scores are divided by T. ``link`` turns them into predictions. ``single``: the library rounds its
    input to single precision first. ``native`` is the library's own prediction. ``out_of_bag``: accuracy or R^2 on
    training rows, each judged by the trees that did not see it, where a learner measures it.
    """

    width: int
    roots: Array
    feature: Array
    threshold: Array
    nan_left: Array
    left: Array
    right: Array
    leaf_tree: Array
    leaves: Array
    scores: int
    link: Link
    rounds: int | None
    native: Callable[[Array], Array] = field(repr=False)
    members: Mapping[int, Array] = field(default_factory=dict)
    single: bool = False
    average: bool = False
    leaf_row: Array | None = None
    out_of_bag: float | None = None

    def predict(self, x: Array) -> Array:
        return self.native(x)

    def graph(self, x: Var) -> Var:
        x = self._compared(x)
        total = self._summed(x) if self.leaves.shape[1] == 1 else self._gathered(x)
        return nodes(self.link, op.div(total, const(float(len(self.roots)))) if self.average else total)

    def reached(self, x: Var) -> Var:
        """[N, T]: the number of the leaf that each row reaches in each tree."""
        rows = np.arange(len(self.leaf_tree), dtype=float)
        return self._ensemble(self._compared(x), len(self.roots), self.leaf_tree, rows)

    def _compared(self, x: Var) -> Var:
        """``x`` in the precision that the library compares in."""
        return op.cast(op.cast(x, to=np.float32), to=np.float64) if self.single else x

    def _summed(self, x: Var) -> Var:
        return self._ensemble(x, self.scores, self.leaf_tree % self.scores, self.leaves[:, 0])

    def _gathered(self, x: Var) -> Var:
        """Each tree yields the row of the leaf it reached; the table of leaves does the rest."""
        rows = np.arange(len(self.leaves)) if self.leaf_row is None else self.leaf_row
        reached = self._ensemble(x, len(self.roots), self.leaf_tree, rows.astype(float))
        found = op.gather(const(self.leaves), op.cast(reached, to=np.int64))
        return op.reduce_sum(found, const([1], np.int64), keepdims=False)

    def _ensemble(self, x: Var, targets: int, leaf_target: Array, leaf_weight: Array) -> Var:
        # A tree must start at a node: a tree of one leaf gets a node whose two branches end in that leaf.
        bare = self.roots[self.roots < 0]
        idle = np.zeros(len(bare), int)
        roots = self.roots.copy()
        roots[self.roots < 0] = len(self.feature) + np.arange(len(bare))
        left, right = np.append(self.left, bare), np.append(self.right, bare)
        mode = np.full(len(left), AT_MOST, np.uint8)
        mode[list(self.members)] = MEMBER
        sets = [np.append(self.members[m], np.nan) for m in sorted(self.members)]
        return ml.tree_ensemble(
            x,
            aggregate_function=1,
            post_transform=0,
            n_targets=targets,
            tree_roots=roots.tolist(),
            nodes_featureids=np.append(self.feature, idle).tolist(),
            nodes_splits=np.append(self.threshold, idle.astype(float)),
            nodes_modes=mode,
            nodes_missing_value_tracks_true=np.append(self.nan_left, idle).astype(int).tolist(),
            nodes_truenodeids=np.where(left < 0, ~left, left).tolist(),
            nodes_trueleafs=(left < 0).astype(int).tolist(),
            nodes_falsenodeids=np.where(right < 0, ~right, right).tolist(),
            nodes_falseleafs=(right < 0).astype(int).tolist(),
            leaf_targetids=leaf_target.tolist(),
            leaf_weights=np.asarray(leaf_weight, float),
            membership_values=np.concatenate(sets) if sets else None,
        )

    def borders(self) -> Array:
        """Rows on thresholds and one step to either side, each led to the node it tests; and rows of extremes."""
        chosen = np.unique(np.linspace(0, len(self.feature) - 1, min(BORDER_NODES, len(self.feature))).astype(int))
        above = self._parents()
        rows = [row for m in chosen for row in self._at(int(m), self._way_to(int(m), above))]
        return np.array([*rows, *self._extremes()])

    def _extremes(self) -> Array:
        """Rows of one value throughout; a column of codes has a code that training never met instead."""
        rows = np.repeat([[0.0], [-1.0], [np.nan], [np.inf], [-np.inf], [1e300], [-1e300]], self.width, axis=1)
        for column in {int(self.feature[m]) for m in self.members}:
            rows[:, column] = self._unseen(column)
        return rows

    def _at(self, m: int, row: Array) -> list[Array]:
        """Copies of a row that reaches node m, with the value that node m looks at on, above and below the border."""
        if m in self.members:
            values = [float(self.members[m][0]), self._unseen(self.feature[m]), np.nan]
        else:
            border = self.threshold[m]
            values = [border, self._step(border, np.inf), self._step(border, -np.inf), np.nan]
        copies = np.tile(row, (len(values), 1))
        copies[:, self.feature[m]] = values
        return list(copies)

    def _parents(self) -> dict[int, tuple[int, bool]]:
        """The node above each node, and whether it lies to the left."""
        below = {int(c): (m, True) for m, c in enumerate(self.left) if c >= 0}
        return below | {int(c): (m, False) for m, c in enumerate(self.right) if c >= 0}

    def _way_to(self, m: int, above: Mapping[int, tuple[int, bool]]) -> Array:
        """A row that reaches node m: per column, the nearest turn to the left decides, else that to the right."""
        turns: dict[int, tuple[int, bool]] = {}
        while m in above:
            m, is_left = above[m]
            known = turns.get(int(self.feature[m]))
            if known is None or (is_left and not known[1]):
                turns[int(self.feature[m])] = m, is_left
        row = np.zeros(self.width)
        for column, (turn, is_left) in turns.items():
            row[column] = self._value(turn, is_left)
        return row

    def _value(self, m: int, is_left: bool) -> float:
        if m in self.members:
            return float(self.members[m][0]) if is_left else self._unseen(self.feature[m])
        return float(self.threshold[m]) if is_left else self._step(self.threshold[m], np.inf)

    def _unseen(self, column: int) -> float:
        return 1.0 + max(float(codes.max()) for m, codes in self.members.items() if self.feature[m] == column)

    def _step(self, value: float, towards: float) -> float:
        """The next number of the precision the library compares in."""
        kind = np.float32 if self.single else np.float64
        with np.errstate(over="ignore"):  # beyond the largest number lies infinity
            return float(np.nextafter(kind(value), kind(towards)))
