"""Thresholds by group inside the graph: looked up by the sensitive column, which the graph then takes as an input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core.fairness import GroupThresholds
from ninefold.core.results import Leaderboard
from ninefold.core.table import Array, Dataset
from ninefold.fairness.groups import Grouping, grouping_of
from ninefold.fairness.thresholds import Aim, thresholds
from ninefold.forms.onnx import Var, const, ml, op
from ninefold_runtime.wire import NO_TIME


@dataclass(frozen=True, eq=False)
class Policy:
    """``thresholds`` [G] by the group's code; unknown and missing groups have the last two."""

    grouping: Grouping
    thresholds: Array
    aim: Aim

    @property
    def column(self) -> str:
        return self.grouping.column

    @property
    def why(self) -> str:
        """Of the plain threshold, what it is still for."""
        return f"of rows of no known group, as groups of {self.column} have thresholds of their own"

    def each(self, columns: Mapping[str, Array]) -> Array:
        """[N]: the threshold of each row."""
        return np.asarray(self.thresholds[self.grouping.codes(columns[self.column])])

    def nodes(self, inputs: Mapping[str, Var]) -> Var:
        """`each` as nodes."""
        values, grouping = inputs[self.column], self.grouping
        if not grouping.edges:
            keys, found = (*grouping.levels, ""), (*self.thresholds[: grouping.other], self.thresholds[-1])
            return ml.label_encoder(
                values,
                keys_tensor=np.array(keys, np.str_),
                values_tensor=np.array(found, np.float64),
                default_tensor=np.array([self.thresholds[grouping.other]], np.float64),
            )
        whole = values.unwrap_tensor().dtype.kind == "i"
        edges = const(grouping.edges, np.int64 if whole else np.float64)
        above = op.greater(op.unsqueeze(values, const([1], np.int64)), edges)
        band = op.reduce_sum(op.cast(above, to=np.int64), const([1], np.int64), keepdims=False)
        missing = op.equal(values, const(NO_TIME, np.int64)) if whole else op.isnan(values)
        code = op.where(missing, const(grouping.missing, np.int64), band)
        return op.gather(const(self.thresholds), code)

    def told(self) -> GroupThresholds:
        """The same as plain data."""
        by_group = dict(zip(self.grouping.names, self.thresholds.tolist(), strict=True))
        return GroupThresholds(self.column, self.aim.criterion, self.aim.slack, by_group, self.aim.plain)


def policy_of(dataset: Dataset, board: Leaderboard, blend: Array, plain: float | None) -> Policy | None:
    """The chosen policy, learned on calibrated out-of-fold probabilities ``blend`` [N, 2] of the training rows, NaN
    where never validated; None where one threshold, the ``plain`` one, is for all."""
    front = board.front
    if front is None or plain is None or (slack := front.choices[front.chosen].slack) is None:
        return None
    known = dataset.rows.columns[front.column]
    grouping = grouping_of(dataset.column(front.column), known)
    assert isinstance(grouping, Grouping)
    seen = np.flatnonzero(~np.isnan(blend).any(axis=1))
    codes, y = grouping.codes(known[seen]), dataset.rows.target[seen]
    aim = Aim(front.criterion, slack, plain)
    return Policy(grouping, thresholds(blend[seen, 1], y, codes, len(grouping.names), aim), aim)
