"""One claim in a hundred is a fraud. The run reports an accuracy of 99 %, and the investigators, who can look at a few
dozen claims a day, are handed none.

Mend `screened`: the run must be judged by a number that a model which never says "fraud" does badly in, and the
investigators must be given as many claims as they can look at, the most suspicious first. Leave the share of frauds
among the past claims as it is: probabilities are to mean what they say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import ninefold as nf

if TYPE_CHECKING:
    import polars as pl

QUESTION = 9
TITLE = "99 % right, and nothing found"


def screened(past: pl.DataFrame, new: pl.DataFrame, capacity: int) -> tuple[Any, Any]:
    """A run on past claims (numbers amount, hour and distance; fraud, yes or no), and the positions of ``capacity`` new
    claims (without fraud) to look at, the most suspicious first."""
    run = nf.run(past, "fraud", metric="accuracy", work=12, learners=["logistic_regression"])
    said = nf.load(run.bundle).predict(new)
    chosen = np.flatnonzero(said.predictions == "yes")
    return run, chosen[:capacity]


FIX = (
    ('"accuracy"', '"average_precision"'),
    ('flatnonzero(said.predictions == "yes")', "argsort(-said.probabilities[:, 1])"),
)
WRONG = (
    (('"accuracy"', '"average_precision"'),),
    (('flatnonzero(said.predictions == "yes")', "argsort(-said.probabilities[:, 1])"),),
    (
        ('"accuracy"', '"roc_auc"'),
        ('flatnonzero(said.predictions == "yes")', "argsort(-said.probabilities[:, 1])"),
    ),
    (
        ("run(past, ", 'run(past.filter((past["fraud"] == "yes") | (past["amount"].rank("ordinal") % 50 == 0)), '),
        ('"accuracy"', '"average_precision"'),
        ('flatnonzero(said.predictions == "yes")', "argsort(-said.probabilities[:, 1])"),
    ),
)


def _claims(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    import polars as pl

    fraud = np.zeros(rows, dtype=bool)
    fraud[rng.choice(rows, rows // 100, replace=False)] = True
    amount = np.exp(rng.normal(6, 1, rows) + 1.5 * fraud)
    hour, distance = rng.uniform(0, 24, rows), np.exp(rng.normal(2, 0.5, rows) + fraud)
    label = np.where(fraud, "yes", "no")
    return pl.DataFrame({"amount": amount, "hour": hour, "distance": distance, "fraud": label})


def check_frauds_are_found(function: Any, rng: np.random.Generator) -> None:
    past, new, capacity = _claims(rng, 4000), _claims(rng, 4000), 40
    rows, fraud = new.drop("fraud"), new["fraud"].to_numpy() == "yes"
    run, chosen = function(past, rows, capacity)
    judged = run.evaluation.headline
    told = f"by {judged.metric}, a model that never says fraud reaches {judged.baseline:.2f}"
    assert judged.higher_is_better and judged.baseline is not None and judged.baseline < 0.1, told
    assert len(set(chosen)) == capacity, f"{capacity} claims can be looked at, {len(set(chosen))} were handed over"
    found = int(fraud[chosen].sum())
    assert found >= 6, f"{found} frauds among {capacity} claims: chance alone finds {fraud.mean() * capacity:.1f}"
    said = nf.load(run.bundle).predict(rows).probabilities[:, 1]
    assert (np.diff(said[chosen]) <= 0).all(), "the most suspicious claims do not come first"
    assert said.mean() < 0.03, f"1 % are frauds, and the probabilities say {said.mean():.0%}"
