"""Forecasts of the sealed windows beside those of methods that need no training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from ninefold.core.forecasts import Backtest, Forecasts, Method
from ninefold.core.table import Array
from ninefold.core.words import cell as written
from ninefold.evaluate.case import Case
from ninefold.forms.forecasters import METHODS
from ninefold_runtime.conformal import Conformal
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.forecasting import moment, seasonal, spread, whole

ROWS = 1_000
"""Sealed windows that the other methods are tried on, at most."""
LEVEL = 0.9


def forecasts_of(case: Case) -> Forecasts | None:
    """None where nothing is forecast."""
    folding = case.problem.folding
    if folding is None or not folding.horizon:
        return None
    order = np.arange(len(case.rows)) if case.rows.times is None else np.argsort(case.rows.times, kind="stable")
    some = order[np.linspace(0, len(order) - 1, min(ROWS, len(order))).round().astype(int)]
    raw = case.rows.columns[folding.target][some]
    windows, season, horizon = whole(raw), folding.season, folding.horizon
    unit, base = spread(windows, season)[:, None], seasonal(windows, season, horizon)
    truth = base + unit * case.answers.y[some]
    said = {"this model": base + unit * case.answers.predictions[some]}
    said |= {name: method(windows, season, horizon) for name, method in METHODS.items()}
    methods = tuple(_method(name, made, truth, unit) for name, made in said.items())
    ours = said["this model"]
    off = (np.abs(truth - ours) / unit).mean(axis=1)

    def shown(place: int) -> Backtest:
        past, came, made, naive = (_numbers(each[place]) for each in (windows, truth, ours, base))
        test = Backtest(past, came, made, naive, first=_first(case, some[place]), mase=float(off[place]))
        return _with_ends(test, case.model.conformal, float(unit[place, 0]))

    ranked = np.argsort(off, kind="stable").tolist()
    last, worst, middle = (shown(place) for place in (len(some) - 1, ranked[-1], ranked[len(ranked) // 2]))
    return Forecasts(folding.target, methods, last, len(some), worst, middle)


def _first(case: Case, row: np.int64) -> str:
    """The first moment that is forecast from a row."""
    folding, times = case.problem.folding, case.rows.times
    if folding is None or folding.time is None or times is None:
        return ""
    at = moment(folding, times[row], 1)
    return written(cell(folding.time, at))


def _method(name: str, made: Array, truth: Array, unit: Array) -> Method:
    off = np.abs(truth - made)
    size = np.abs(truth) + np.abs(made)
    ahead = (off / unit).mean(axis=0)
    total = float(np.abs(truth).sum())
    return Method(
        name,
        mase=float(ahead.mean()),
        smape=float((2 * off / np.where(size > 0, size, 1.0)).mean()),
        wape=float(off.sum()) / total if total else float("nan"),
        ahead=tuple(ahead.tolist()),
    )


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(values.tolist())


def _with_ends(test: Backtest, path: Path | None, unit: float) -> Backtest:
    """With the interval that the bundle would give, where it gives any."""
    if path is None:
        return test
    promise = msgspec.json.decode(path.read_bytes(), type=Conformal)
    level = LEVEL if LEVEL in promise.levels else promise.levels[-1]
    scaled = (np.array(test.said) - np.array(test.naive)) / unit
    low, high = (np.array(test.naive) + unit * end[0] for end in promise.intervals(scaled[None], level))
    return replace(test, low=_numbers(low), high=_numbers(high), level=level)
