"""Calendar parts of datetimes, with integer arithmetic in the graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold_runtime.wire import NO_TIME

DAY = 86_400_000_000
PARTS = ("year", "month", "day", "weekday", "hour", "minute", "days")


@dataclass(frozen=True)
class DateParts:
    """[N, k] int64 microseconds to [N, D] numbers: year, month, day, weekday (Monday 0), hour, minute, and the whole
    stamp as days since 1970. Missing is NaN. Parts that do not vary in training are left out.

    Civil date from day number: Howard Hinnant, "chrono-compatible low-level date algorithms".
    """

    passing: bool = setting(
        True, "also what never comes again: the year, and the days since 1970", choices=(True, False)
    )
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        stamps = [column[column != NO_TIME] for column in block.values.T]
        parts = PARTS if self.passing else tuple(part for part in PARTS if part not in {"year", "days"})
        kept = tuple((i, part) for i, column in enumerate(stamps) for part in parts if _varies(column, part))
        return _Fitted(tuple(f"{block.names[i]} {part}" for i, part in kept), kept)


def _varies(stamps: Array, part: str) -> bool:
    if not len(stamps):
        return False
    values = _read[part](stamps)
    return bool((values != values[0]).any())


_read: dict[str, Callable[[Array], Array]] = {
    "year": lambda stamps: stamps.astype("datetime64[us]").astype("datetime64[Y]"),
    "month": lambda stamps: stamps.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12,
    "day": lambda stamps: stamps // DAY,
    "weekday": lambda stamps: stamps // DAY % 7,
    "hour": lambda stamps: stamps // 3_600_000_000 % 24,
    "minute": lambda stamps: stamps // 60_000_000 % 60,
    "days": lambda stamps: stamps // DAY,
}


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    kept: tuple[tuple[int, str], ...]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        missing = op.equal(block, const(NO_TIME, np.int64))
        parts = _calendar(op.where(missing, const(0, np.int64), block))
        parts["days"] = op.div(op.cast(block, to=np.float64), const(DAY))
        columns = []
        for i, part in self.kept:
            value = op.cast(op.gather(parts[part], const([i], np.int64), axis=1), to=np.float64)
            absent = op.gather(missing, const([i], np.int64), axis=1)
            columns.append(op.where(absent, const(np.nan), value))
        return op.concat(columns, axis=1)


def _whole(value: int) -> Var:
    return const(value, np.int64)


def _floor_div(x: Var, by: int) -> Var:
    return op.div(op.sub(x, op.mod(x, _whole(by))), _whole(by))


def _calendar(stamp: Var) -> dict[str, Var]:
    """Integer parts [N, k] of microseconds since 1970."""
    day = _floor_div(stamp, DAY)
    within = op.mod(stamp, _whole(DAY))
    year, month, day_of_month = _civil(day)
    return {
        "year": year,
        "month": month,
        "day": day_of_month,
        "weekday": op.mod(op.add(day, _whole(3)), _whole(7)),
        "hour": op.div(within, _whole(3_600_000_000)),
        "minute": op.mod(op.div(within, _whole(60_000_000)), _whole(60)),
    }


def _civil(day: Var) -> tuple[Var, Var, Var]:
    """Year, month, day of month from days since 1970; eras of 400 years begin on 1 March."""
    shifted = op.add(day, _whole(719_468))
    era, of_era = _floor_div(shifted, 146_097), op.mod(shifted, _whole(146_097))
    leap = op.sub(
        op.add(op.sub(of_era, op.div(of_era, _whole(1460))), op.div(of_era, _whole(36_524))),
        op.div(of_era, _whole(146_096)),
    )
    year_of_era = op.div(leap, _whole(365))
    quarters = op.sub(op.div(year_of_era, _whole(4)), op.div(year_of_era, _whole(100)))
    of_year = op.sub(of_era, op.add(op.mul(_whole(365), year_of_era), quarters))
    from_march = op.div(op.add(op.mul(_whole(5), of_year), _whole(2)), _whole(153))
    first = op.div(op.add(op.mul(_whole(153), from_march), _whole(2)), _whole(5))
    month = op.where(op.less(from_march, _whole(10)), op.add(from_march, _whole(3)), op.sub(from_march, _whole(9)))
    early = op.cast(op.less_or_equal(month, _whole(2)), to=np.int64)
    year = op.add(op.add(year_of_era, op.mul(era, _whole(400))), early)
    return year, month, op.add(op.sub(of_year, first), _whole(1))
