"""Texts that become texts: when a target is one, and where tasks of texts take their own from."""

from __future__ import annotations

from ninefold.core.errors import WishError
from ninefold.core.problem import Peek, Validation, Wishes
from ninefold.forms.speaking import source_of
from ninefold_runtime.schema import SPOKEN, Column, Task

DIFFERENT = 0.5
"""Share of different values from which on texts are what is said, and not labels that repeat."""
JUDGED, MOST_JUDGED = 0.1, 1_000
"""Share of the training rows that speakers are judged on, and how many that is at most."""


def is_translation(peek: Peek, column: Column) -> bool:
    """Whether the target is text, hardly ever twice the same, beside another column of text."""
    filled = peek.rows - peek.target_missing
    different = peek.target_distinct >= DIFFERENT * filled
    others = (each for each in peek.columns if each.name != column.name)
    return column.kind == "text" and different and any(each.kind == "text" for each in others)


def why_translation(peek: Peek, column: Column) -> str:
    share = peek.target_distinct / max(1, peek.rows - peek.target_missing)
    return f"{column.why.split(' in a value')[0]} in a value and {share:.0%} of values are different: texts, not labels"


def refuse_wordless(task: Task, peek: Peek, wishes: Wishes) -> None:
    """Raises:
    WishError: NF-E305 when no column holds the texts to learn from.
    """
    if task not in SPOKEN:
        return
    away = {*wishes.targets, *wishes.drop, wishes.group, wishes.time}
    if source_of([column for column in peek.columns if column.name not in away]) is None:
        hint = "say which one it is: --kind COLUMN=text"
        raise WishError("NF-E305", f"{task} needs a column of text to learn from", hint=hint)


def judging() -> Validation:
    """One part of the rows, not several folds: fits are long, and the one that is judged is the one that ships."""
    why = f"{JUDGED:.0%} of the rows to learn from, at most {MOST_JUDGED:,}, as fits are long and the judged one ships"
    return Validation("holdout", 1, 1, why)
