"""The next values of a series as a target."""

from __future__ import annotations

from ninefold.core.errors import WishError
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target, named


def forecast_of(peek: Peek, wishes: Wishes) -> Target:
    """One value for each moment ahead.

    Raises:
        WishError: NF-E305 when another task is asked for, NF-E361 for folds that know no time.
    """
    if wishes.task not in {None, "forecast"}:
        hint = "leave --task out"
        raise WishError("NF-E305", f"the next values are a forecast, not {wishes.task}", hint=hint)
    if wishes.validation not in {None, "time"} or wishes.group:
        hint = "leave --validation and --group out: each fold is scored on what comes after it"
        raise WishError("NF-E361", "forecasts are validated by time", hint=hint)
    assert peek.folding is not None
    names = tuple(f"{peek.folding.target}+{ahead}" for ahead in range(1, peek.folding.horizon + 1))
    why = f"the next {peek.folding.horizon} values, from the last {peek.folding.window}"
    return Target(named(peek, names[0]), "forecast", why, several=names)
