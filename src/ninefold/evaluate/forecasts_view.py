"""Forecasts beside those of simple methods: a table, and two charts."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.forecasts import Forecasts
from ninefold.core.section import Figure, Series, Table

DRAWN = ("this model", "seasonal naive", "ETS")
"""Methods that are drawn moment by moment."""
PAST = 2
"""Horizons of the past that are drawn before the last window."""


def tables(found: Forecasts | None) -> Iterator[Table]:
    if found is not None:
        rows = tuple((each.name, each.mase, each.smape, each.wape) for each in found.methods)
        yield Table(f"Backtests: {found.origins:,} windows", ("method", "MASE", "sMAPE", "WAPE"), rows, starred=0)


def figures(found: Forecasts | None) -> Iterator[Figure]:
    if found is None:
        return
    ahead = tuple(float(number) for number in range(1, len(found.methods[0].ahead) + 1))
    drawn = tuple(Series(each.name, ahead, each.ahead) for each in found.methods if each.name in DRAWN)
    model, naive = found.methods[:2]
    title = f"MASE {model.mase:.3f}, seasonal naive {naive.mase:.3f}"
    yield Figure("lines", title, drawn, "moments ahead", "MASE", "Errors of the sealed windows, by moment ahead.")
    yield _last(found)


def _last(found: Forecasts) -> Figure:
    test = found.backtest
    past = test.past[-PAST * len(test.truth) :]
    before = tuple(float(number) for number in range(1 - len(past), 1))
    after = tuple(float(number) for number in range(1, len(test.truth) + 1))
    series = (
        Series("what came", (*before, *after), (*past, *test.truth)),
        Series("forecast", after, test.said, test.low, test.high),
        Series("seasonal naive", after, test.naive),
    )
    note = f"The last sealed window; the band holds the truth in {test.level:.0%} of cases." if test.low else ""
    return Figure(
        "lines", f"{found.target}: the last backtest", series, "moments from the last one known", found.target, note
    )
