"""Numbers as people read and write them: one way for terminal and report."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ninefold.core.errors import WishError
from ninefold.core.section import Cell

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_SIZES = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9}
_MOMENTS = {"us": 1.0, "ms": 1e3, "s": 1e6}
_MEASURE = re.compile(r"\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([a-z]*)\s*")
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|)\s*")


def seconds_in(text: str) -> float:
    """``"90s"``, ``"5m"``, ``"1h"`` or ``"90"`` as seconds.

    Raises:
        WishError: when the text is none of these, or nothing is left of it.
    """
    match = _DURATION.fullmatch(text.lower())
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not seconds:
        raise WishError("NF-E391", f'"{text}" is not a length of time', hint="write 60s, 5m or 1h", given=text)
    return seconds


def bytes_in(text: str) -> int:
    """``"5MB"``, ``"800 kB"`` or ``"1e6"`` as bytes.

    Raises:
        WishError: when the text is none of these, or nothing is left of it.
    """
    return int(_measured(text, _SIZES, "size", "write 800kB or 5MB"))


def microseconds_in(text: str) -> float:
    """``"200us"`` or ``"1ms"`` as microseconds.

    Raises:
        WishError: when the text is none of these, or nothing is left of it.
    """
    return _measured(text, _MOMENTS, "time of one answer", "write 200us or 1ms")


def _measured(text: str, units: dict[str, float], what: str, hint: str) -> float:
    match = _MEASURE.fullmatch(text.lower().replace("µ", "u"))
    value = float(match[1]) * units.get(match[2], 0.0) if match else 0.0
    if not value:
        raise WishError("NF-E391", f'"{text}" is not a {what}', hint=hint, given=text)
    return value


def duration(seconds: float) -> str:
    """0.4 s, 38 s, 4 m 52 s, 1 h 03 m."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} m"


def ago(seconds: float) -> str:
    """The age of a thing: "just now", "5 min ago", "2 h ago", "3 days ago"."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 172_800:
        return f"{seconds // 3600:.0f} h ago"
    return f"{seconds // 86_400:.0f} days ago"


def size(count: int) -> str:
    """A number of bytes: 812 B, 14 kB, 3.2 MB."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= step:
            value = count / step
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{count} B"


def counted(count: int, noun: str) -> str:
    """A count with its noun, whose plural takes an s: 1 row, 1,309 rows."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def times(count: int) -> str:
    """once, 2 times."""
    return "once" if count == 1 else f"{count} times"


def shortened(text: str, longest: int) -> str:
    """``text``, or its beginning, with a mark that there was more."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def cell(value: Cell) -> str:
    """One cell alone: 1,309 · 0.8812 · yes · text as it is · nothing for None and NaN."""
    return column([value])[0]


def number(value: float) -> str:
    """A score in a sentence: 0.876, 12.41, 3,120; three decimals where scores live, four digits otherwise."""
    return f"{value:.3f}".replace("-", "−") if abs(value) < 10 and (abs(value) >= 0.01 or value == 0) else cell(value)


def column(values: Sequence[Cell]) -> list[str]:
    """The cells of one table column: the same number of decimals for all, four significant digits for the largest.

    Where values differ by more than a factor 1,000 (a column of different metrics), each gets its own decimals.
    """
    fractions = [abs(v) for v in values if isinstance(v, float) and math.isfinite(v) and not v.is_integer()]
    mixed = bool(fractions) and max(fractions) > 1000 * min(fractions)
    places = None if mixed else _places(max(fractions, default=0.0))
    return [_cell(value, places) for value in values]


def _places(largest: float) -> int:
    """Decimals that leave four significant digits, but no more than four of them unless all are below 0.001."""
    if not largest or largest >= 10_000:
        return 0
    return min(max(3 - math.floor(math.log10(largest)), 1), 4 if largest >= 0.001 else 6)


def _cell(value: Cell, places: int | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        whole = value.is_integer() and (places is None or abs(value) >= 100)
        return _number(value, 0 if whole else _places(abs(value)) if places is None else places)
    return value or ""


def _number(value: float, places: int) -> str:
    if not math.isfinite(value):
        return "" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value and (abs(value) >= 1e15 or abs(value) < 10.0**-places / 2):
        return f"{value:.2g}".replace("-", "−")
    return f"{value:,.{places}f}".replace("-", "−")
