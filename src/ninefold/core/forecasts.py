"""What stage 7 finds out about forecasts: how far each method was off, moment by moment ahead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One way to forecast. ``ahead``: the MASE of each moment ahead, [H]; ``smape`` (0 to 2) and ``wape`` are in the
    target's own unit."""

    name: str
    mase: float
    smape: float
    wape: float
    ahead: tuple[float, ...]


@dataclass(frozen=True)
class Backtest:
    """The last of the sealed windows: what came, and what was said of it before. ``past`` are the values up to then."""

    past: tuple[float, ...]
    truth: tuple[float, ...]
    said: tuple[float, ...]
    naive: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    level: float = 0.0


@dataclass(frozen=True)
class Forecasts:
    """``methods``: the graph first, then those that need no training. ``origins``: windows that were looked ahead
    from."""

    target: str
    methods: tuple[Method, ...]
    backtest: Backtest
    origins: int
