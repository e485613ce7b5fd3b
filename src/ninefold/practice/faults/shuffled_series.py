"""A shop sells a little more each month. The run promises a small error for the coming weeks; they then come in far
off.

Mend `judged`, so that the error that the run reports is the one that coming days will have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import ninefold as nf

if TYPE_CHECKING:
    import polars as pl

QUESTION = 8
TITLE = "The forecast that was good until tomorrow"


def judged(past: pl.DataFrame) -> Any:
    """A run on past days (day, a date; opened, days since the opening; warm, degrees; sold, the target), judged by
    rmse as coming days would judge it."""
    mixed = past.sample(fraction=1.0, shuffle=True, seed=0)
    return nf.run(mixed, "sold", metric="rmse", work=12, learners=["decision_tree"])


FIX = (
    ("mixed = past.sample(fraction=1.0, shuffle=True, seed=0)", "mixed = past"),
    ('metric="rmse"', 'metric="rmse", time="day"'),
)
WRONG = (
    (("mixed = past.sample(fraction=1.0, shuffle=True, seed=0)", 'mixed = past.sort("day")'),),
    (('metric="rmse"', 'metric="rmse", validation="repeated", folds=5'),),
    (('metric="rmse"', 'metric="rmse", drop=["day"]'),),
)


def _days(rng: np.random.Generator, first: int, days: int) -> pl.DataFrame:
    import polars as pl

    opened = np.arange(first, first + days)
    warm = 12 + 8 * np.sin(opened / 58) + rng.normal(0, 2, days)
    sold = 100 + 0.5 * opened + 2 * warm + rng.normal(0, 4, days)
    day = np.datetime64("2024-01-01") + opened.astype("timedelta64[D]")
    return pl.DataFrame({"day": day, "opened": opened, "warm": warm, "sold": sold})


def check_the_promise_holds_on_coming_days(function: Any, rng: np.random.Generator) -> None:
    past, coming = _days(rng, 0, 400), _days(rng, 400, 80)
    run = function(past)
    promised = run.evaluation.headline
    assert promised.metric == "rmse", f"it is judged by {promised.metric}, not by rmse"
    said = nf.load(run.bundle).predict(coming.drop("sold")).predictions
    came = float(np.sqrt(np.mean((said - coming["sold"].to_numpy()) ** 2)))
    assert came < 2 * promised.value, f"an error of {promised.value:.1f} was promised, and {came:.1f} came"
    times = run.dataset.rows.times
    assert times is not None, "the run does not know that the rows have an order in time"
    sealed = run.dataset.sealed.open().times
    assert sealed.min() >= times.max(), "days that the run is judged on lie before days that it learned from"
