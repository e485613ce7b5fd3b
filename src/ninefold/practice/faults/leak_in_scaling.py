"""The plant's readings are brought to mean 0 and spread 1 before the run sees them. The report looks fine. In the
plant, where readings arrive one at a time, the model says the same of every one of them.

Mend `trained`, so that a reading gets the same answer whatever is sent along with it, and so that nothing is learned
from the rows that the run seals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import ninefold as nf

if TYPE_CHECKING:
    import polars as pl

QUESTION = 13
TITLE = "The model that says the same of every reading"


def trained(past: pl.DataFrame) -> tuple[Any, Callable[[pl.DataFrame], Any]]:
    """A run on past readings (numbers heat and noise; failed, yes or no), and a function that gives the probability of
    a failure for each row of some new readings (heat and noise)."""
    import polars as pl

    def scaled(rows: pl.DataFrame) -> pl.DataFrame:
        measured = pl.col("heat", "noise")
        return rows.with_columns((measured - measured.mean()) / measured.std())

    run = nf.run(scaled(past), "failed", work=12, learners=["logistic_regression"])
    model = nf.load(run.bundle)

    def ask(rows: pl.DataFrame) -> Any:
        return model.predict(scaled(rows)).probabilities[:, 1]

    return run, ask


FIX = (("nf.run(scaled(past), ", "nf.run(past, "), ("model.predict(scaled(rows))", "model.predict(rows)"))
WRONG = (
    (
        (
            "(measured - measured.mean()) / measured.std()",
            '((pl.col(c) - past[c].mean()) / past[c].std() for c in ("heat", "noise"))',
        ),
    ),
    (("model.predict(scaled(rows))", "model.predict(rows)"),),
    (("measured.std())", "measured.std()).fill_null(0)"),),
)


def _readings(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    import polars as pl

    heat, noise = rng.normal(300, 40, rows), rng.normal(70, 5, rows)
    failed = (heat - 300) / 40 + (noise - 70) / 5 + rng.normal(0, 0.5, rows) > 1
    return pl.DataFrame({"heat": heat, "noise": noise, "failed": np.where(failed, "yes", "no")})


def check_answers_do_not_depend_on_company(function: Any, rng: np.random.Generator) -> None:
    import polars as pl

    past, new = _readings(rng, 400), _readings(rng, 200)
    run, ask = function(past)
    rows, failed = new.drop("failed"), new["failed"].to_numpy() == "yes"
    said = np.asarray(ask(rows))
    alone = np.array([np.asarray(ask(rows[i : i + 1]))[0] for i in range(5)])
    assert np.allclose(said[:5], alone, atol=1e-6), f"one row gets {said[0]:.3f} among 200 and {alone[0]:.3f} alone"
    hotter = np.asarray(ask(rows.with_columns(pl.col("heat") + 60)))
    assert hotter.mean() > said.mean() + 0.1, "where all readings are 60 degrees hotter, no more alarms are raised"
    assert said[failed].mean() > said[~failed].mean() + 0.3, "failures hardly get a higher probability than the rest"
    seen = run.dataset.rows.columns["heat"].mean()
    assert abs(seen - past["heat"].mean()) < 20, (
        "the run got readings scaled by all rows, those that it seals among them"
    )
