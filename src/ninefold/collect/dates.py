"""Which ``strptime`` pattern a column of texts follows, day or month first decided by the values."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from ninefold.collect.values import wired
from ninefold_runtime import wire
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    from ninefold.collect.tally import Tally

ENOUGH = 0.95
_PROBE = 50
_MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
_DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y")
_DATES = (
    "%Y-%m-%d",
    *_MONTH_FIRST,
    *_DAY_FIRST,
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%Y%m%d",
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_PATTERNS = (
    *(date + time for date, time in product(_DATES, _TIMES)),
    "%Y-%m",
    "%b %Y",
    "%B %Y",
    "%Y-%m-%dT%H:%M:%S%z",
    "%a %b %d %H:%M:%S %Y",
    "%d/%b/%Y:%H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S",
)
_SHAPE = r"^(\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ,]+\d{1,4}|[A-Za-z]{3,9},? [A-Za-z0-9]|(19|20)\d{6}$|\d{4}-?\d\d)"


def dated(tally: Tally) -> tuple[str | None, str] | None:
    """The pattern (None: ISO 8601) and the reason, or None where the column is no datetime."""
    if tally.where(_SHAPE) < ENOUGH or tally.where(r"^(\d{1,4}|\d{5,7}|\d{9,})$") > 0.5:
        return None
    whole = tally.where(r"^\d{8}$") > 0.5
    if not whole and _share(tally, None) >= ENOUGH:
        return None, f"{_percent(_share(tally, None))} of values are ISO dates"
    fitting = [pattern for pattern in _PATTERNS if _fits(tally, pattern)]
    shares = {pattern: _share(tally, pattern) for pattern in fitting}
    best = max(shares, key=lambda pattern: shares[pattern], default=None)
    if best is None or shares[best] < (0.99 if whole else ENOUGH):
        return None
    return best, f"{_percent(shares[best])} of values are dates like {_shown(best)}{_order(best, tally)}"


def _fits(tally: Tally, pattern: str) -> bool:
    """A quick look at a few values before all are read."""
    probe = tally.texts.head(_PROBE).to_list()
    good = sum(wire.stamp(text, pattern) != wire.NO_TIME for text in probe)
    return good >= 0.8 * len(probe)


def _share(tally: Tally, pattern: str | None) -> float:
    column = Column(name=tally.name, kind="datetime", format=pattern)
    return tally.share(wired(column, tally.texts) != int(wire.NO_TIME))


def _order(best: str, tally: Tally) -> str:
    date = best.partition(" ")[0]
    twins = dict(zip(_MONTH_FIRST + _DAY_FIRST, _DAY_FIRST + _MONTH_FIRST, strict=True))
    if date not in twins:
        return ""
    first, other = ("day", "month") if date in _DAY_FIRST else ("month", "day")
    share = _share(tally, best.replace(date, twins[date]))
    if share >= _share(tally, best):
        return f"; no value tells day from month, {first} first is assumed"
    return f"; {first} first, because as {other} first only {_percent(share)} could be read"


def _shown(pattern: str) -> str:
    words = {"%Y": "2031", "%y": "31", "%m": "12", "%d": "30", "%b": "Dec", "%B": "December", "%H": "23", "%I": "11"}
    words |= {"%M": "59", "%S": "58", "%f": "123456", "%p": "PM", "%z": "+0000", "%a": "Tue"}
    for directive, word in words.items():
        pattern = pattern.replace(directive, word)
    return pattern


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
