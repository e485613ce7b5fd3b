"""Axes: round tick values, and the line from data to drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass

FLAT = 1e-9
"""Values that differ by less than this share of their size are one value, drawn with room around it."""


@dataclass(frozen=True)
class Scale:
    """Maps ``ticks[0]..ticks[-1]`` linearly to ``start..end``; ``labels`` are the ticks as text."""

    ticks: tuple[float, ...]
    start: float
    end: float

    def __call__(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.start + (value - low) / (high - low) * (self.end - self.start), 1)

    @property
    def labels(self) -> tuple[str, ...]:
        step = self.ticks[1] - self.ticks[0]
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        return tuple(_short(tick, places, step) for tick in self.ticks)


def scale(low: float, high: float, start: float, end: float, about: int = 5) -> Scale:
    """A scale from ``start`` to ``end`` whose ticks are round numbers that enclose ``low`` and ``high``."""
    return Scale(ticks(low, high, about), start, end)


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers (steps of 1, 2, 2.5 or 5 times a power of ten) that enclose the interval, roughly ``about`` many.

    Source: Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990.
    """
    if high - low <= max(FLAT * max(abs(low), abs(high)), 1e-300):
        pad = abs(low) / 2 or 1.0
        low, high = low - pad, low + pad
    step = _step((high - low) / max(about - 1, 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = 3 - math.floor(math.log10(step))
    return tuple(round(i * step, places) for i in range(first, last + 1))


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m for m in (1, 2, 2.5, 5, 10) if rough <= m * power * (1 + 1e-9)) * power


_UNITS = ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
"""From which step on ticks are written in which unit."""


def _short(tick: float, places: int, step: float) -> str:
    for least, unit, letter in _UNITS:
        if step >= least:
            return f"{tick / unit:g}{letter}".replace("-", "−")
    needed = places + (1 if _is_quarter(step, places) else 0)
    return (f"{tick:,.{needed}f}" if step > 1e-6 else f"{tick:.2g}").replace("-", "−")


def _is_quarter(step: float, places: int) -> bool:
    """Whether steps such as 0.25 need one decimal more than their size tells."""
    return abs(round(step, places) - step) > step / 100
