"""NF510: the folds do not agree which learner is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.results import Leaderboard
from ninefold.core.section import Finding
from ninefold.metrics._ranking import ranks
from ninefold.select.folds import FEWEST, Folds, folds
from ninefold_runtime.pvalues import chi_square

LEARNERS = 4
CHANCE = 0.05


@dataclass(frozen=True)
class UnstableRanking:
    about: ClassVar[About] = About(
        "NF510",
        "The ranking of learners may be chance",
        means="Which learner comes first depends on which fold one asks. The order on the leaderboard says little "
        "then, and the first place nothing.",
        how=f"Friedman's test over the best trial of each learner ({LEARNERS} or more) on {FEWEST} folds or more: said "
        f"when ranks as different as these come by chance in more than {CHANCE:.0%} of cases. Kendall's W is shown: 1 "
        "where all folds agree, 0 where none do. Source: Friedman 1937; Demšar 2006.",
        action="Nothing needs to be done for the score: the ensemble hedges. To choose a single learner, take the "
        "simplest of the leaders, or ask more folds (--validation repeated, --folds 10) or bring more rows.",
        mistaken="With few learners and few folds the test sees little, so it may be said of learners that do differ.",
        level="info",
        questions=(8, 22),
    )

    def find(self, seen: Leaderboard) -> Finding | None:
        compared = folds(seen)
        best = [] if compared is None else _best_of_each(compared)
        if compared is None or len(best) < LEARNERS:
            return None
        agreement, p = _friedman(compared.scores[best])
        if p <= CHANCE:
            return None
        leaders = {compared.trials[place].title for place in compared.scores.argmax(axis=0)}
        evidence = (
            f"{len(best)} learners on {compared.scores.shape[1]} folds: Kendall's W {agreement:.2f}, ranks that chance "
            f"explains (p {p:.2g}); first on some fold: {', '.join(sorted(leaders))}"
        )
        action = (
            "Read the leaders as equally good. More rows or more folds (--validation repeated) would tell them apart."
        )
        return self.about.finding(evidence, action)


def _best_of_each(compared: Folds) -> list[int]:
    order = np.argsort(-compared.scores.mean(axis=1), kind="stable").tolist()
    first = {compared.trials[place].learner: place for place in reversed(order)}
    return sorted(first.values())


def _friedman(scores: np.ndarray) -> tuple[float, float]:
    """Kendall's W of [T, K] scores, and the probability of one as large by chance."""
    count, rounds = scores.shape
    places = np.array([ranks(column) for column in scores.T])
    spread = float(((places.sum(axis=0) - rounds * (count + 1) / 2) ** 2).sum())
    agreement = 12 * spread / (rounds**2 * (count**3 - count))
    return agreement, chi_square(rounds * (count - 1) * agreement, count - 1)
