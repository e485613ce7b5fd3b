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
    """A sealed window: what came, and what was said of it before. ``past`` are the values up to then, ``first`` is the
    first moment that was forecast, where there are times, and ``mase`` how far off it all was."""

    past: tuple[float, ...]
    truth: tuple[float, ...]
    said: tuple[float, ...]
    naive: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    level: float = 0.0
    first: str = ""
    mase: float = 0.0


@dataclass(frozen=True)
class Forecasts:
    """``methods``: the graph first, then those that need no training. ``origins``: windows that were looked ahead
    from; ``backtest`` is the last of them, ``worst`` that which was most off, and ``middle`` one as usual."""

    target: str
    methods: tuple[Method, ...]
    backtest: Backtest
    origins: int
    worst: Backtest | None = None
    middle: Backtest | None = None
