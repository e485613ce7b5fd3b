"""Weighted rules that a person can read: a row's score is the sum of the weights of the rules that hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, op

CELLS = 4_000_000
"""Answers to conditions held at once."""


@dataclass(frozen=True)
class Rule:
    """``text`` says when it holds; ``weights`` [S] are what it then adds to each score."""

    text: str
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Conditions:
    """C questions about one column each: is column ``column[c]`` at most ``threshold[c]``, or among ``members[c]``?

    ``missing`` [C] is the answer where the value is missing; ``gaps`` [D] says which columns had such rows.
    """

    names: tuple[str, ...]
    column: Array
    threshold: Array
    missing: Array
    members: Mapping[int, Array]
    gaps: Array

    def hold(self, x: Array) -> Array:
        """[N, C] of 0 and 1."""
        values = x[:, self.column]
        answers = values <= self.threshold
        for c, codes in self.members.items():
            answers[:, c] = np.isin(values[:, c], codes)
        return np.where(np.isnan(values), self.missing, answers).astype(float)

    def nodes(self, x: Var) -> Var:
        """`hold` as nodes."""
        values = op.gather(x, const(self.column, np.int64), axis=1)
        answers = op.less_or_equal(values, const(self.threshold[None, :]))
        if self.members:
            answers = op.or_(answers, self._among(x))
        gaps = op.isnan(values)
        known = op.and_(answers, op.not_(gaps))
        return op.cast(op.or_(known, op.and_(gaps, const(self.missing[None, :], bool))), to=np.float64)

    def _among(self, x: Var) -> Var:
        """[N, C]: whether the value is one of the members; every pair of condition and code is compared at once."""
        pairs = [(c, code) for c, codes in self.members.items() for code in codes]
        belongs = np.zeros((len(pairs), len(self.column)))
        belongs[np.arange(len(pairs)), [c for c, _ in pairs]] = 1.0
        columns = [int(self.column[c]) for c, _ in pairs]
        same = op.equal(op.gather(x, const(columns, np.int64), axis=1), const([[code for _, code in pairs]]))
        return op.greater(op.matmul(op.cast(same, to=np.float64), const(belongs)), const(0.5))

    def text(self, c: int, holds: bool) -> str:
        """Condition c, or its opposite, in words."""
        name, missing = self.names[self.column[c]], bool(self.missing[c]) == holds
        if c in self.members:
            codes = " or ".join(f"{code:g}" for code in self.members[c])
            said = f"{name} is {codes}" if holds else f"{name} is not {codes}"
        else:
            said = f"{name} {'<=' if holds else '>'} {self.threshold[c]:.6g}"
        return f"({said} or missing)" if missing and self.gaps[self.column[c]] else said


@dataclass(frozen=True, eq=False)
class Rules:
    """R rules. ``uses`` [C, R] is 1 where a rule wants a condition to hold, -1 where it wants it not to, else 0.

    ``weights`` [R, S] and ``intercept`` [S] make scores of the rules that hold; ``link`` turns them into predictions.
    """

    conditions: Conditions
    uses: Array
    weights: Array
    intercept: Array
    link: links.Link

    @property
    def rounds(self) -> None:
        return None

    def rules(self) -> tuple[Rule, ...]:
        """Every rule in words, that with the largest weight first."""
        order = np.argsort(-np.abs(self.weights).max(axis=1), kind="stable")
        return tuple(Rule(self._text(r), tuple(map(float, self.weights[r]))) for r in order)

    def _text(self, r: int) -> str:
        return " and ".join(self.conditions.text(int(c), self.uses[c, r] > 0) for c in np.flatnonzero(self.uses[:, r]))

    def hold(self, x: Array) -> Array:
        """[N, R] of 0 and 1: a rule holds where all that it wants is so, and nothing that it does not want."""
        step = max(1, CELLS // len(self.uses))
        met = [self.conditions.hold(x[i : i + step]) @ self.uses == self._wanted for i in range(0, len(x), step)]
        return np.vstack([*met, np.zeros((0, len(self._wanted)))])

    @property
    def _wanted(self) -> Array:
        return np.asarray((self.uses > 0).sum(axis=0), float)

    def predict(self, x: Array) -> Array:
        return links.applied(self.link, self.hold(x) @ self.weights + self.intercept)

    def nodes(self, x: Var) -> Var:
        """`hold` as nodes."""
        met = op.matmul(self.conditions.nodes(x), const(self.uses))
        return op.cast(op.equal(met, const(self._wanted[None, :])), to=np.float64)

    def graph(self, x: Var) -> Var:
        return links.nodes(self.link, op.add(op.matmul(self.nodes(x), const(self.weights)), const(self.intercept)))

    def borders(self) -> Array:
        """Rows on each condition's threshold (or with a member of its set), one step above it, and missing."""
        values = self.conditions.threshold.copy()
        for c, codes in self.conditions.members.items():
            values[c] = codes[0]
        rows = np.zeros((3, len(values), len(self.conditions.names)))
        rows[0, np.arange(len(values)), self.conditions.column] = values
        rows[1, np.arange(len(values)), self.conditions.column] = np.nextafter(values, np.inf)
        rows[2, np.arange(len(values)), self.conditions.column] = np.nan
        return rows.reshape(-1, rows.shape[2])
