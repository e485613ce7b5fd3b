"""AdaBoost for classes, with small trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.links import NEVER, Link, applied
from ninefold.learners._sklearn import tame
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class AdaBoost:
    """Grows small trees one after the other on rows weighted by how often the ones before got them wrong (SAMME).

    Trees vote with the log-odds of being right. The loop is ours, so that the clock is seen; weights, votes and
    probabilities are those of scikit-learn's ``AdaBoostClassifier``.
    """

    trees: int = setting(200, "Trees grown at most", low=10, high=1000, log=True, tiny=12, grows=True)
    depth: int = setting(3, "Questions on the way to a leaf at most", low=1, high=6, tiny=2, simpler="low")
    learning_rate: float = setting(1.0, "Share of its vote that a tree casts", low=0.05, high=2.0, log=True)
    min_rows: int = setting(1, "Rows a leaf must hold", low=1, high=100, log=True, simpler="high")

    card: ClassVar[Card] = Card(
        title="AdaBoost",
        solves=("binary", "multiclass"),
        view="plain",
        idea="Each small tree attends to the rows that the trees before it got wrong; all of them vote.",
        inductive_bias="Votes of boxes of few columns; blunt probabilities; wrong labels gain weight without end.",
        cost="Trees x rows x columns x depth.",
        source="Freund and Schapire 1997; SAMME of Zhu, Zou, Rosset and Hastie 2009; trees by scikit-learn",
        questions=(21,),
        seconds=5.0,
        promise=0.05,
        family="boosting",
        beats_baseline_on=("halfspace", "xor", "rings", "noise_columns"),
        fails_on=("parity", "noise", "imbalanced"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({"trees": 50}, {}, {"depth": 4, "learning_rate": 0.3})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from ninefold.forms.trees.sklearn import read_values

        trees, votes = self._grown(data, rng, clock)
        link, bodies = _votes(trees, np.array(votes) / sum(votes), data.outputs)
        return read_values(trees, bodies, link, _native(trees, bodies, link), len(trees))

    def _grown(self, data: Examples, rng: np.random.Generator, clock: Clock) -> tuple[list[Any], list[float]]:
        """Trees and their votes."""
        x, weights = tame(data.x), np.full(len(data.y), 1 / len(data.y))
        chance = 1.0 - 1.0 / len(np.unique(data.y))
        trees: list[Any] = []
        votes: list[float] = []
        while len(trees) < self.trees:
            tree = self._tree(int(rng.integers(2**31 - 1))).fit(x, data.y, sample_weight=weights)
            wrong = tree.predict(x) != data.y
            error = float(weights[wrong].sum())
            if error >= chance and trees:
                break
            trees.append(tree)
            votes.append(self._vote(error, chance))
            if not 0.0 < error < chance or clock.left <= 0:
                break
            weights = weights * np.exp(votes[-1] * wrong)
            weights /= weights.sum()
        return trees, votes

    def _tree(self, seed: int) -> Any:
        from sklearn.tree import DecisionTreeClassifier

        return DecisionTreeClassifier(max_depth=self.depth, min_samples_leaf=self.min_rows, random_state=seed)

    def _vote(self, error: float, chance: float) -> float:
        """1 for a tree without error, and for the first where it knows nothing."""
        if not 0.0 < error < chance:
            return 1.0
        return self.learning_rate * float(np.log((1.0 - error) / error) + np.log(chance / (1.0 - chance)))


def _votes(trees: list[Any], votes: Array, outputs: int) -> tuple[Link, list[Array]]:
    """What each node of each tree adds to the scores, [nodes, K]: its vote for one class, shared against the others.

    Two classes have one score, the difference, twice the vote; of more, those that training never met stay at `NEVER`.
    """
    classes = trees[0].classes_
    choices = [tree.tree_.value[:, 0, :].argmax(axis=1) for tree in trees]
    if outputs == 2:
        return "sigmoid", [(vote * (4.0 * choice - 2.0))[:, None] for vote, choice in zip(votes, choices, strict=True)]
    others = len(classes) - 1.0
    places = np.asarray(classes[:, None] == np.arange(outputs), float)
    ballots = (np.eye(len(classes)) * (1.0 + 1.0 / others) - 1.0 / others) / others @ places
    bodies = [vote * ballots[choice] for vote, choice in zip(votes, choices, strict=True)]
    bodies[0] = bodies[0] + np.where(places.any(axis=0), 0.0, NEVER)
    return "softmax", bodies


def _native(trees: list[Any], bodies: list[Array], link: Link) -> Callable[[Array], Array]:
    def predict(x: Array) -> Array:
        rows = tame(x)
        scores = sum(body[tree.apply(rows)] for tree, body in zip(trees, bodies, strict=True))
        return applied(link, np.asarray(scores))

    return predict
