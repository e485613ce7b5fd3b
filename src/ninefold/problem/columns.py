"""Every column that a wish names must exist, and every other wish must make sense."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from ninefold.core import parts
from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold_runtime.schema import Kind

MISSING = ("mean", "median", "mode", "predicted", "iterative", "neighbours")
SCALES = ("standard", "minmax", "robust")


def refuse_unknown(peek: Peek, wishes: Wishes, learners: str = "ninefold.learners") -> None:
    """Check what does not depend on the target.

    Raises:
        ColumnError: NF-E201 when a wish names a column that is not there, or the target where it cannot be.
        WishError: NF-E301, NF-E311, NF-E312 for unknown learners and words, or a budget that is none.
    """
    names = [column.name for column in peek.columns]
    known = {*names, *peek.refused}
    for option, asked in _named(wishes).items():
        for name in asked:
            if name not in known:
                close = nearest(name, names)
                hint = f'did you mean "{close[0]}"?' if close else f"the columns are: {', '.join(names[:20])}"
                message = f'{option}: there is no column "{name}"'
                raise ColumnError("NF-E201", message, hint=hint, suggestions=close)
    _refuse_target_elsewhere(wishes)
    _refuse_words(wishes)
    for learner in wishes.learners:
        parts.find(learners, learner)
    seconds, work = wishes.budget.seconds, wishes.budget.work
    if (seconds is not None and seconds <= 0) or (work is not None and work < 1):
        raise WishError("NF-E312", "the budget must be more than nothing", hint="for example --budget 60s")


def _named(wishes: Wishes) -> dict[str, Iterable[str]]:
    return {
        "--group": () if wishes.group is None else (wishes.group,),
        "--time": () if wishes.time is None else (wishes.time,),
        "--context": () if wishes.context is None else (wishes.context,),
        "--truth": () if wishes.truth is None else (wishes.truth,),
        "--drop": wishes.drop,
        "--keep": wishes.keep,
        "--sensitive": wishes.sensitive,
        "--kind": wishes.kinds,
    }


def _refuse_target_elsewhere(wishes: Wishes) -> None:
    for option, asked in _named(wishes).items():
        if option in {"--group", "--time", "--context", "--drop", "--keep", "--sensitive"} and set(
            wishes.targets
        ) & set(asked):
            target = next(name for name in asked if name in wishes.targets)
            message = f'{option}: "{target}" is {"the" if len(wishes.targets) == 1 else "a"} target'
            raise ColumnError("NF-E212", message, hint=f"leave it out of {option}")
    both = sorted(set(wishes.drop) & {*wishes.keep, wishes.group, wishes.time, wishes.truth, wishes.context})
    if both:
        message = f'"{both[0]}" is to be dropped and to be used'
        raise ColumnError("NF-E212", message, hint="leave it out of --drop")


def _refuse_words(wishes: Wishes) -> None:
    asked = {"--missing": ([wishes.missing], MISSING), "--scale": ([wishes.scale], SCALES)}
    asked["--kind"] = (list(wishes.kinds.values()), get_args(Kind))
    for option, (words, choices) in asked.items():
        for word in words:
            if word is not None and word not in choices:
                close = nearest(str(word), choices)
                hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(choices)}"
                raise WishError("NF-E311", f'{option} cannot be "{word}"', hint=hint, suggestions=close)
