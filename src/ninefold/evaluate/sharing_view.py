"""What is said of one network for all targets and one for each."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.section import Figure, Series, Table
from ninefold.core.sharing import Shared, Sharing
from ninefold.evaluate.written import number

_METHOD = (
    "Losses are in units of what knowing nothing about a target costs. The same rows are compared, and the interval is "
    "that of the mean difference; trials were chosen by validation, so that the sealed rows are the fairer judges."
)


def tables(sharing: Sharing | None) -> Iterator[Table]:
    if sharing is None:
        return
    rows = tuple(
        (s.target, s.where, s.rows, s.joint, s.separate, s.more, s.low, s.high, _reading(s)) for s in sharing.targets
    )
    headings = ("target", "rows of", "rows", "joint", "separate", "joint − separate", "95 % from", "to", "sharing")
    yield Table(f"{sharing.title}: one for all targets, or one for each?", headings, rows)


def _reading(shared: Shared) -> str:
    return "helps" if shared.helps else "hurts" if shared.hurts else "no difference shown"


def figures(sharing: Sharing | None) -> Iterator[Figure]:
    """Left of 0 sharing helps; right of it, it hurts."""
    for where in dict.fromkeys(s.where for s in sharing.targets) if sharing else ():
        own = [s for s in sharing.targets if s.where == where] if sharing else []
        names, more, low, high = (tuple(getattr(s, field) for s in own) for field in ("target", "more", "low", "high"))
        told = "Sharing hurts" if any(s.hurts for s in own) else "Sharing helps" if any(s.helps for s in own) else ""
        of = [s.target for s in own if (s.hurts if told == "Sharing hurts" else s.helps)]
        title = f"{told} {', '.join(of)}" if told else "Sharing makes no difference that can be shown"
        series = (Series("joint − separate", names, more, low, high),)
        label = "joint − separate loss; left of 0 sharing is better"
        note = f"On the {where} rows, with 95 % intervals of the paired difference."
        yield Figure("intervals", title, series, label, note=note)


def text(sharing: Sharing | None) -> Iterator[str]:
    if sharing is not None:
        joint, separate = (f"{number(weight)}" for weight in sharing.weights)
        chosen = f"Of the ensemble's weight, networks that share have {joint}, separate ones {separate}. "
        yield f"{chosen}{_METHOD}"
