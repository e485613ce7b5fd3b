"""NF511: part of the best trial's score is that it was chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core import parts
from ninefold.core.findings import About
from ninefold.core.results import Leaderboard
from ninefold.core.section import Finding
from ninefold.select.folds import FEWEST, Folds, folds

MANY = 10
LARGE = 0.05


@dataclass(frozen=True)
class BestOfMany:
    about: ClassVar[About] = About(
        "NF511",
        "The search is optimistic",
        means="Of many trials the first is also the luckiest. Its validation score is then better than what it will "
        "show.",
        how="Each fold in turn is left out of the choice: how good, on that fold, is the trial that is best on the "
        f"others? Said when {MANY} trials or more were scored on {FEWEST} folds or more, and what is lost is more "
        f"than {LARGE:.0%} of the skill beyond the baseline. Source: the idea of Tibshirani and Tibshirani 2009 and "
        "of Varma and Simon 2006, with the choice alone nested.",
        action="Believe the sealed score: sealed rows took no part in the choice. Fewer trials or more rows make it "
        "smaller.",
        mistaken="It is an estimate from a few folds. NF702 says whether the sealed rows confirm it.",
        level="info",
        questions=(8, 4),
    )

    def find(self, seen: Leaderboard) -> Finding | None:
        compared = folds(seen)
        if compared is None or len(compared.trials) < MANY:
            return None
        best = float(compared.scores[compared.best].mean())
        honest = _chosen_on_others(compared)
        if best - honest <= LARGE * max(best - compared.baseline, 0.0) or best == honest:
            return None
        title = parts.find("ninefold.metrics", seen.metric).title
        evidence = (
            f"the best of {len(compared.trials)} trials has {title} {abs(best):.4f}; chosen on the other folds it "
            f"would have been {abs(honest):.4f}"
        )
        return self.about.finding(evidence, "Believe the score on sealed rows, which took no part in the choice.")


def _chosen_on_others(compared: Folds) -> float:
    """Mean score, fold by fold, of the trial that is best on all the others."""
    scores = compared.scores
    rest = scores.sum(axis=1, keepdims=True) - scores
    return float(np.mean(scores[rest.argmax(axis=0), np.arange(scores.shape[1])]))
