"""What may be asked of fairness."""

from __future__ import annotations

from importlib.util import find_spec

from ninefold.core.errors import WishError, nearest
from ninefold.core.fairness import CRITERIA
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target

KINDS = ("category", "number", "boolean", "datetime")
"""Of columns that make groups."""


def fair_of(target: Target, peek: Peek, wishes: Wishes) -> str | None:
    """The criterion to mitigate for, None where none is asked for.

    Raises:
        WishError: NF-E318 for an unknown criterion, without a sensitive column that makes groups, for a task other than
            two classes, or a difference that is none.
    """
    if wishes.fair_gap is not None and not 0 <= wishes.fair_gap < 1:
        message = f"--fair-gap is a difference of shares, {wishes.fair_gap:g} is none"
        raise WishError("NF-E318", message, hint="for example --fair-gap 0.05")
    if wishes.fair is None:
        return None
    if wishes.fair not in CRITERIA:
        close = nearest(wishes.fair, CRITERIA)
        hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(CRITERIA)}"
        raise WishError("NF-E318", f'there is no criterion "{wishes.fair}"', hint=hint, suggestions=close)
    if not wishes.sensitive:
        message = f"--fair {wishes.fair} needs to know between whom"
        raise WishError("NF-E318", message, hint="name the column with --sensitive COLUMN")
    if target.task != "binary":
        message = f"--fair {wishes.fair} is for a target of two classes, this task is {target.task}"
        raise WishError("NF-E318", message, hint="leave --fair out: groups are compared all the same")
    name = wishes.sensitive[0]
    kind = next((column.kind for column in peek.columns if column.name == name), None)
    if kind not in KINDS:
        why = f"it is of kind {kind}" if kind else peek.refused.get(name, "")
        hint = f"name another first, or read it otherwise: --kind {name}=category"
        raise WishError("NF-E318", f'--fair {wishes.fair}: "{name}" makes no groups ({why})', hint=hint)
    return wishes.fair


def without_constraint(wishes: Wishes) -> tuple[str, ...]:
    """What to say where the library is missing that learns under a constraint."""
    if wishes.fair is None or find_spec("fairlearn") is not None:
        return ()
    return ('fairness by reweighing and thresholds alone: learning under a constraint needs "ninefold[fairness]"',)
