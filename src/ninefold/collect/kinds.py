"""What a column means, and why: number, category, boolean, datetime, text, id or constant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import msgspec

from ninefold.collect.dates import dated
from ninefold.collect.tally import Tally, tallied
from ninefold_runtime.schema import Column, Kind
from ninefold_runtime.wire import FALSE_WORDS, TRUE_WORDS

if TYPE_CHECKING:
    from polars import Series

Judgement = tuple[Kind, str | None, str]
"""Kind, format, reason."""

KINDS: tuple[Kind, ...] = get_args(Kind)
ENOUGH = 0.95
_SENTINELS = 2
_MANY = 20
_ID_NAME = re.compile(r"(?i:^(.*[^a-z])?(ids?|uuid|guid|key|index|rowid|rownum)$)|.*[a-z](Id|ID)$|^(?i:unnamed: ?0)$")
_MONEY = r"^[-+]?[$€£¥]? ?[-+]?{} ?[%$€£¥]?$"
_POINT = _MONEY.replace(
    "{}", r"(\d{1,3}([, \u00a0\u202f'_]\d{2,3})*[, \u00a0\u202f'_]\d{3}|\d+)(\.\d*)?([eE][-+]?\d+)?"
)
_COMMA = _MONEY.replace("{}", r"(\d{1,3}([. \u00a0\u202f']\d{3})+|\d+)(,\d*)?")
_CODE = r"^0\d+$"
_LIST = r"^\s*\[\s*([-+.\dE]|NaN|null)[-+.\deE,\s]*[\]nN]"


def judged(raw: Series) -> Column:
    """A raw column with its kind, its format, and counts of missing and distinct values."""
    if is_series(raw):
        return _of_series(raw)
    tally = tallied(raw)
    kind, form, why = _judgement(tally)
    share = tally.missing / tally.rows if tally.rows else 0.0
    return Column(name=raw.name, kind=kind, why=why, format=form, missing=share, distinct=tally.distinct)


LONGEST = 4_096
"""Moments of a series that are learned from."""


def is_series(raw: Series) -> bool:
    """Whether each cell holds a list of numbers, or such a list as JSON text."""
    import polars as pl

    if isinstance(raw.dtype, (pl.List, pl.Array)):
        inner = raw.dtype.inner
        return bool(inner.is_numeric() or inner in {pl.Boolean, pl.Null})
    if raw.dtype != pl.String or raw.is_null().all():
        return False
    return bool(raw.str.contains(_LIST).mean() >= ENOUGH)  # type: ignore[operator]


def _of_series(raw: Series) -> Column:
    import polars as pl

    if raw.dtype == pl.String:
        lengths = raw.str.count_matches(",").fill_null(-1) + 1
    else:
        lengths = raw.cast(pl.List(pl.Float64)).list.len().fill_null(0)
    low, high = int(lengths.min()), int(lengths.max())  # type: ignore[arg-type]
    span = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    cut = f", of which the first {LONGEST:,} count" if high > LONGEST else ""
    missing = float((lengths == 0).mean())  # type: ignore[arg-type]
    why = f"{span} numbers in each cell{cut}"
    return Column(name=raw.name, kind="series", why=why, missing=missing, shape=(min(max(high, 1), LONGEST),))


def alike(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """All series as long as the longest, as those of one row belong together."""
    longest = max((column.shape for column in columns if column.kind == "series"), default=())
    return tuple(
        msgspec.structs.replace(column, shape=longest) if column.kind == "series" else column for column in columns
    )


def latest(column: Column) -> Column:
    """A series of which the end counts."""
    return msgspec.structs.replace(column, latest=True) if column.kind == "series" else column


def overridden(raw: Series, kind: Kind) -> Column:
    """The column with a kind the user named; the format is what fits best."""
    if kind == "series":
        return msgspec.structs.replace(_of_series(raw), why="as you said")
    tally = tallied(raw)
    form = None
    if kind == "number":
        form, _ = _best_form(tally)
    elif kind == "datetime":
        form = (dated(tally) or (None, ""))[0]
    share = tally.missing / tally.rows if tally.rows else 0.0
    return Column(name=raw.name, kind=kind, why="as you said", format=form, missing=share, distinct=tally.distinct)


def unusable(raw: Series) -> str:
    """Why a column can be read as no kind at all; empty where it can."""
    import polars as pl

    if raw.dtype.is_nested() and not is_series(raw):
        return f"holds nested values ({str(raw.dtype).split('(')[0].lower()})"
    if raw.dtype in {pl.Binary, pl.Duration, pl.Object}:
        return f"holds {str(raw.dtype).split('(')[0].lower()} values, which have no reading"
    return ""


def _judgement(tally: Tally) -> Judgement:
    rules = (_constant, _boolean, _typed, _date, _code, _number, _words)
    return next(found for rule in rules if (found := rule(tally)))


def _constant(tally: Tally) -> Judgement | None:
    if not tally.filled:
        return "constant", None, "no row has a value"
    if tally.distinct == 1 and not tally.missing:
        return "constant", None, "every row has the same value"
    return None


def _boolean(tally: Tally) -> Judgement | None:
    import polars as pl

    if tally.values.dtype == pl.Boolean:
        return "boolean", None, "stored as true or false"
    if tally.typed or tally.distinct > 6:
        return None
    words = {text.lower() for text in tally.texts.to_list()}
    if len(words) != 2 or not words & TRUE_WORDS or not words & FALSE_WORDS or words <= {"0", "1", "0.0", "1.0"}:
        return None
    return "boolean", None, f"the only values are {' and '.join(sorted(words))}"


def _typed(tally: Tally) -> Judgement | None:
    import polars as pl

    dtype = tally.values.dtype
    if dtype.is_float() or dtype.is_decimal():
        return "number", None, "stored as numbers"
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return "datetime", None, "stored as dates"
    if dtype.is_integer():
        found = dated(tally)
        return ("datetime", *found) if found else _id_number(tally) or ("number", None, "stored as whole numbers")
    return None


def _date(tally: Tally) -> Judgement | None:
    found = dated(tally)
    return ("datetime", *found) if found else None


def _code(tally: Tally) -> Judgement | None:
    """Digits with leading zeros name things: postal codes, account numbers."""
    if tally.where(r"^\d+$") < ENOUGH or tally.where(_CODE) < 0.01:
        return None
    why = f"digits, and {_percent(tally.where(_CODE))} of values start with a zero: codes, not amounts"
    return ("id", None, why + ", all different") if tally.unique and tally.filled >= _MANY else ("category", None, why)


def _number(tally: Tally) -> Judgement | None:
    form, share = _best_form(tally)
    if share < ENOUGH and not (share >= 0.5 and _few_words(tally, form)):
        return None
    if form is None and (found := _id_number(tally)):
        return found
    how = {None: "", "point": ", written like 1,234.5", "comma": ", written like 1.234,5"}[form]
    return "number", form, f"{_percent(share)} of values are numbers{how}"


def _best_form(tally: Tally) -> tuple[str | None, float]:
    """The way of writing numbers that most cells follow, and their share; the plainest where several do."""
    plain = _readable(tally, None)
    if plain == 1:
        return None, plain
    shares = {None: plain, "point": _readable(tally, "point"), "comma": _readable(tally, "comma")}
    best = max(shares, key=lambda form: shares[form])
    return best, shares[best]


def _readable(tally: Tally, form: str | None) -> float:
    import polars as pl

    if form is None:
        numbers = tally.texts.cast(pl.Float64, strict=False)
        return tally.share(numbers.is_finite().fill_null(False))
    return tally.where(_POINT if form == "point" else _COMMA)


def _few_words(tally: Tally, form: str | None) -> bool:
    """Besides many numbers there are only one or two words, which stand for a missing number."""
    import polars as pl

    if form is not None:
        return False
    numbers = tally.texts.cast(pl.Float64, strict=False).is_finite().fill_null(False)
    return int((~numbers).sum()) <= _SENTINELS and int(numbers.sum()) >= _MANY


def _id_number(tally: Tally) -> Judgement | None:
    """Whole numbers, all different, that count the rows or are called an id."""
    if not tally.unique or tally.filled < _MANY or tally.where(r"^\d+$") < 1:
        return None
    if tally.sorted_steps:
        return "id", None, "whole numbers that count the rows"
    if _ID_NAME.match(tally.name):
        return "id", None, "whole numbers, all different, and the name says id"
    return None


def _words(tally: Tally) -> Judgement:
    words = tally.mean(_count_words)
    variety = tally.distinct / tally.filled
    if tally.distinct >= _MANY and ((words >= 2.5 and variety >= 0.5) or (words >= 5 and variety >= 0.1)):
        return "text", None, f"{words:.2g} words in a value, {_percent(variety)} of values are different"
    if tally.unique and tally.filled >= _MANY and words < 1.5:
        return "id", None, f"all {tally.filled:,} values are different and none is a sentence"
    return "category", None, f"{tally.distinct:,} different values in {tally.filled:,} rows"


def _count_words(texts: Series) -> Series:
    return texts.str.count_matches(r"\S+")


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
