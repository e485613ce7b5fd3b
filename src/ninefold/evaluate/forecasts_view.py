"""Forecasts beside those of simple methods: a table, and two charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ninefold.core.forecasts import Backtest, Forecasts
from ninefold.core.section import Figure, Series, Table
from ninefold.core.words import counted

DRAWN = ("this model", "seasonal naive", "ETS")
"""Methods that are drawn moment by moment."""
PAST, LEAST = 2, 24
"""Horizons of the past that are drawn before a window, and moments at least."""


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
    yield _window(found, found.backtest, "the last backtest")
    for test, which in ((found.worst, "worst"), (found.middle, "middle")):
        if test is not None:
            title = f"the {which} of {counted(found.origins, 'sealed window')}, MASE {test.mase:.2f}"
            yield replace(_window(found, test, title), topic="diagnosis")


def _window(found: Forecasts, test: Backtest, title: str) -> Figure:
    """A window with its past, what came and what was said."""
    past = test.past[-max(LEAST, PAST * len(test.truth)) :]
    before = tuple(float(number) for number in range(1 - len(past), 1))
    after = tuple(float(number) for number in range(1, len(test.truth) + 1))
    series = (
        Series("what came", (*before, *after), (*past, *test.truth)),
        Series("forecast", after, test.said, test.low, test.high),
        Series("seasonal naive", after, test.naive),
    )
    begins = f"The forecast begins at {test.first}. " if test.first else ""
    band = f"The band holds the truth in {test.level:.0%} of cases." if test.low else ""
    axes = "moments from the last one known", found.target
    return Figure("lines", f"{found.target}: {title}", series, *axes, f"{begins}{band}".strip())
