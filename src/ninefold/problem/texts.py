"""Texts that become texts: when a target is one, when it is an answer, and where tasks of texts take their own from."""

from __future__ import annotations

from collections.abc import Collection

from ninefold.core.errors import WishError
from ninefold.core.problem import Peek, Validation, Wishes
from ninefold.forms.speaking import columns_of
from ninefold_runtime.schema import SPOKEN, Column, Task

DIFFERENT = 0.5
"""Share of different values from which on texts are what is said, and not labels that repeat."""
WITHIN, LIKELY = 0.9, 0.5
"""Shares of the answers that a column must have for it to be taken for that of the passages; where questions are asked
for, the second will do."""
JUDGED, MOST_JUDGED = 0.1, 1_000
"""Share of the training rows that speakers are judged on, and how many that is at most."""


def is_translation(peek: Peek, column: Column) -> bool:
    """Whether the target is text, hardly ever twice the same, beside another column of text."""
    return column.kind == "text" and _is_said(peek, {column.name})


def _is_said(peek: Peek, away: Collection[str | None]) -> bool:
    """Whether most values of the target differ, and a column that is not ``away`` holds texts."""
    different = peek.target_distinct >= DIFFERENT * (peek.rows - peek.target_missing)
    return different and any(each.kind == "text" for each in peek.columns if each.name not in away)


def why_translation(peek: Peek, column: Column) -> str:
    share = peek.target_distinct / max(1, peek.rows - peek.target_missing)
    return f"{column.why.split(' in a value')[0]} in a value and {share:.0%} of values are different: texts, not labels"


def passage_of(peek: Peek, column: Column, wishes: Wishes) -> str:
    """The column with the passages, where the target is answers to questions about them; else nothing.

    Raises:
        WishError: NF-E380 where questions are asked for and no column has the answers.
    """
    asked = wishes.task == "question-answering"
    if wishes.context is not None and (asked or wishes.task is None):
        return wishes.context
    away = {*wishes.drop, wishes.time}
    shares = {name: share for name, share in peek.within.items() if name not in away}
    best = max(shares, key=lambda name: shares[name], default="")
    if asked and shares.get(best, 0.0) < LIKELY:
        message = f'the values of "{column.name}" are not found in the texts of another column'
        raise WishError("NF-E380", message, hint="name the column of the passages: --context COLUMN")
    likely = wishes.task is None and shares.get(best, 0.0) >= WITHIN
    return best if asked or (likely and _is_said(peek, {*away, best, column.name})) else ""


def why_questions(peek: Peek, passage: str, wishes: Wishes) -> str:
    share = peek.within.get(passage, 0.0)
    said = "as you said: " if wishes.context or wishes.task else ""
    return f'{said}{share:.0%} of the answers stand in the texts of "{passage}"'


def unanswered(peek: Peek) -> tuple[str, ...]:
    """What to say of rows without an answer."""
    count = peek.target_missing
    return (f"{count:,} rows without an answer are questions that their passage does not answer",) if count else ()


def refuse_unasked(task: Task, wishes: Wishes) -> None:
    """Raises WishError (NF-E380) where passages or documents are named and the task is no question about them."""
    for option, named in {"--context": wishes.context, "--documents": wishes.documents}.items():
        if named is not None and task != "question-answering":
            hint = f"leave {option} out, or say --task question-answering, with the answers as the target"
            raise WishError("NF-E380", f"{option} belongs to the task question-answering, not to {task}", hint=hint)


def refuse_wordless(task: Task, peek: Peek, wishes: Wishes, passage: str = "") -> None:
    """Raises:
    WishError: NF-E305 when no column holds the texts to learn from.
    """
    if task not in SPOKEN:
        return
    away = {*wishes.targets, *wishes.drop, wishes.group, wishes.time}
    if not columns_of([column for column in peek.columns if column.name not in away], passage):
        hint = "say which one it is: --kind COLUMN=text"
        raise WishError("NF-E305", f"{task} needs a column of text to learn from", hint=hint)


def judging() -> Validation:
    """One part of the rows, not several folds: fits are long, and the one that is judged is the one that ships."""
    why = f"{JUDGED:.0%} of the rows to learn from, at most {MOST_JUDGED:,}, as fits are long and the judged one ships"
    return Validation("holdout", 1, 1, why)
