"""Rules read off the trees of a forest: the way from a root to any node is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.rules import Conditions, Rules

RARE = 0.01
"""A rule that holds for a smaller share of the rows, or for all but a smaller share, is passed over."""

Literal = tuple[int, bool]
"""The number of a condition, and whether it must hold."""
Question = tuple[int, float, tuple[float, ...], bool]
"""Column, threshold (NaN for a set), codes of the set, and the answer where the value is missing."""


def read(forest: Forest, data: Examples, rows: Array) -> Rules:
    """All different rules of the forest that hold for some of ``rows`` and not for others, without weights."""
    pool = _Pool()
    found = dict.fromkeys(rule for root in forest.roots for rule in _ways(forest, int(root), (), pool))
    uses = np.zeros((len(pool.questions), len(found)))
    for r, rule in enumerate(found):
        for c, holds in rule:
            uses[c, r] = 1.0 if holds else -1.0
    all_rules = Rules(pool.conditions(data), uses, np.zeros((len(found), 1)), np.zeros(1), "identity")
    return chosen(all_rules, _different(all_rules.hold(data.x[rows])))


def chosen(rules: Rules, some: Array) -> Rules:
    """Only ``some`` of the rules, and only the conditions these use."""
    uses, asked = rules.uses[:, some], rules.conditions
    kept = np.flatnonzero(np.abs(uses).sum(axis=1))
    members = {new: asked.members[old] for new, old in enumerate(kept.tolist()) if old in asked.members}
    conditions = Conditions(
        asked.names, asked.column[kept], asked.threshold[kept], asked.missing[kept], members, asked.gaps
    )
    return Rules(conditions, uses[kept], rules.weights[some], rules.intercept, rules.link)


@dataclass(eq=False)
class _Pool:
    """Questions met so far, each once, by number."""

    questions: dict[Question, int] = field(default_factory=dict)

    def number(self, forest: Forest, m: int) -> int:
        """The number of what node m asks."""
        codes = tuple(map(float, forest.members.get(m, ())))
        threshold = np.nan if codes else float(forest.threshold[m])
        # NaN differs from itself; a set is known by its codes.
        key = (int(forest.feature[m]), 0.0 if codes else threshold, codes, bool(forest.nan_left[m]))
        return self.questions.setdefault(key, len(self.questions))

    def conditions(self, data: Examples) -> Conditions:
        asked = list(self.questions)
        return Conditions(
            names=data.names,
            column=np.array([column for column, _, _, _ in asked], int),
            threshold=np.array([-np.inf if codes else threshold for _, threshold, codes, _ in asked]),
            missing=np.array([missing for _, _, _, missing in asked], bool),
            members={c: np.array(codes) for c, (_, _, codes, _) in enumerate(asked) if codes},
            gaps=np.asarray(np.isnan(data.x).any(axis=0)),
        )


def _ways(forest: Forest, node: int, way: tuple[Literal, ...], pool: _Pool) -> Iterator[tuple[Literal, ...]]:
    """The ways to a node and to all below it; of questions about one column that imply each other, the last stays."""
    if way:
        yield tuple(sorted(way))
    if node < 0:
        return
    asked = pool.number(forest, node)
    questions = list(pool.questions)
    for child, holds in ((forest.left[node], True), (forest.right[node], False)):
        rest = tuple(one for one in way if one[1] != holds or not _implied(questions[one[0]], questions[asked]))
        yield from _ways(forest, int(child), (*rest, (asked, holds)), pool)


def _implied(earlier: Question, later: Question) -> bool:
    """Whether a later answer on the same side, deeper in the tree, makes the earlier one needless."""
    return earlier[0] == later[0] and earlier[3] == later[3] and not earlier[2] and not later[2]


def _different(hold: Array) -> Array:
    """Numbers of the columns of ``hold`` [N, R] that vary, and that are neither another one nor its opposite."""
    share = hold.mean(axis=0)
    varied = np.flatnonzero((share > 0) & (share < 1) & (share >= RARE) & (share <= 1 - RARE))
    packed = np.packbits((hold[:, varied] != hold[:1, varied]).astype(bool), axis=0)
    first = np.unique(packed, axis=1, return_index=True)[1] if len(varied) else varied
    return np.asarray(varied[np.sort(first)])
