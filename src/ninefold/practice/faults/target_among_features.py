"""A bank asks which loans will fail. The run had left out a column that tells the answer; somebody put it back, for the
sake of the score. In the branch, where nobody has failed yet, the model is of no use.

The table was drawn a year after the loans were granted. Known at the time of granting: income and debt. Counted since:
calls, of the collectors; recovered, what they got back, empty where nothing was owed. Mend `granted`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import ninefold as nf

if TYPE_CHECKING:
    import polars as pl

QUESTION = 5
TITLE = "The score that was too good"


def granted(loans: pl.DataFrame) -> Any:
    """A run that predicts failed (yes or no) of a loan that is about to be granted, judged as it will do then."""
    late, learners = ["calls", "recovered"], ["logistic_regression"]
    return nf.run(loans, "failed", metric="roc_auc", keep=late, work=12, learners=learners)


FIX = (("keep=late", "drop=late"),)
WRONG = (
    (("keep=late, ", ""),),
    (("keep=late", "drop=late[1:]"),),
    (("keep=late", 'drop=[*late, "income", "debt"]'),),
)


def _loans(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    import polars as pl

    income, debt = rng.normal(40, 10, rows), rng.normal(20, 8, rows)
    failed = (debt - 20) / 8 - (income - 40) / 10 + rng.normal(0, 1, rows) > 0.8
    calls = rng.poisson(np.where(failed, 4, 0.4))
    recovered = [float(rng.uniform(0, 5)) if bad else None for bad in failed]
    label = np.where(failed, "yes", "no")
    return pl.DataFrame({"income": income, "debt": debt, "calls": calls, "recovered": recovered, "failed": label})


def check_the_promise_holds_for_new_loans(function: Any, rng: np.random.Generator) -> None:
    import polars as pl
    from sklearn.metrics import roc_auc_score

    run, new = function(_loans(rng, 500)), _loans(rng, 1000)
    model, promised = nf.load(run.bundle), run.evaluation.headline.value
    today = new.with_columns(pl.lit(0).alias("calls"), pl.lit(None, pl.Float64).alias("recovered"))
    said = model.predict(today.drop("failed")).probabilities[:, 1]
    came = roc_auc_score(new["failed"].to_numpy() == "yes", said)
    assert came > promised - 0.1, (
        f"a ROC AUC of {promised:.3f} was promised; new loans, not called yet, have {came:.3f}"
    )
    names = set(model.schema.names)
    late = sorted(names & {"calls", "recovered"})
    assert not late, f"asked for, and not known before the loan is granted: {', '.join(late)}"
    assert came > 0.75, f"a ROC AUC of {came:.3f}: income and debt alone reach more"
