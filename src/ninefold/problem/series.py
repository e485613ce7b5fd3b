"""What wishes mean where rows are moments of series."""

from __future__ import annotations

from dataclasses import replace

from ninefold.core.errors import WishError
from ninefold.core.problem import Wishes


def of_series(wishes: Wishes) -> Wishes:
    """The wishes for a table with a row for each series, or for each window that is forecast from.

    Of series that are told apart the time has put moments in order and parts no rows; windows of one series stay
    together. Forecasts are scored on what comes later.

    Raises:
        WishError: NF-E360 when windows are wished for without series, NF-E361 when a forecast lacks what it needs.
    """
    if wishes.forecast is not None:
        return wishes
    if wishes.season is not None:
        raise WishError("NF-E361", "a season belongs to a forecast", hint="say how far ahead: --forecast N")
    if wishes.series is None:
        if wishes.window or wishes.step:
            hint = "say which rows belong together: --series COLUMN"
            raise WishError("NF-E360", "windows are cut from series", hint=hint)
        return wishes
    if wishes.step and not wishes.window:
        raise WishError("NF-E360", "--step is from window to window", hint="say how long they are: --window N")
    group = wishes.group or (wishes.series if wishes.window else None)
    return replace(wishes, time=None, group=group)
