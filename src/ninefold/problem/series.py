"""What wishes mean where rows are moments of series."""

from __future__ import annotations

from dataclasses import replace

from ninefold.core.errors import WishError
from ninefold.core.problem import Wishes


def of_series(wishes: Wishes) -> Wishes:
    """The wishes for a table with a row for each series: the time has put moments in order and parts no rows, and
    windows of one series stay together.

    Raises:
        WishError: NF-E360 when windows are wished for without series.
    """
    if wishes.series is None:
        if wishes.window or wishes.step:
            hint = "say which rows belong together: --series COLUMN"
            raise WishError("NF-E360", "windows are cut from series", hint=hint)
        return wishes
    if wishes.step and not wishes.window:
        raise WishError("NF-E360", "--step is from window to window", hint="say how long they are: --window N")
    group = wishes.group or (wishes.series if wishes.window else None)
    return replace(wishes, time=None, group=group)
