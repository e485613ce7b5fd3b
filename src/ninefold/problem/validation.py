"""How models are compared: the validation scheme, its folds, and the share of rows to seal."""

from __future__ import annotations

from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.problem import Peek, Validation, Wishes
from ninefold.problem.target import Target

SCHEMES = ("kfold", "stratified", "repeated", "group", "time")
LEAST_SHARE, MOST_SHARE = 0.05, 0.2
SEALED, SEALED_OF_A_CLASS = 1_000, 100
"""Rows to seal at least, and rows of the rarer of two classes among them."""
MOST_SEALED = 50_000
_LARGE, _SMALL = 100_000, 500
_MOST_FOLDS = 20


def holdout_of(peek: Peek, wishes: Wishes) -> float:
    """Share of rows to seal: a fifth of small tables; of larger ones what a narrow interval needs, as the graph that is
    scored is the one that ships, and rows that are sealed teach it nothing.

    Raises:
        WishError: NF-E308 when the wish is not a share that leaves rows on both sides.
    """
    if wishes.holdout is None:
        return _usual_holdout(peek)
    if not 0 < wishes.holdout < 1:
        message = f"the share of rows to seal must lie between 0 and 1, not at {wishes.holdout}"
        raise WishError("NF-E308", message, hint="for example --holdout 0.2")
    return wishes.holdout


def _usual_holdout(peek: Peek) -> float:
    wanted = SEALED / peek.rows
    if peek.target_distinct == 2:
        wanted = max(wanted, SEALED_OF_A_CLASS / min(peek.target_counts.values()))
    return min(max(wanted, LEAST_SHARE), MOST_SHARE, MOST_SEALED / peek.rows)


def validation_of(target: Target, holdout: float, peek: Peek, wishes: Wishes) -> Validation:
    """The plan for out-of-fold predictions.

    Raises:
        WishError: NF-E309 unknown scheme, or one that lacks its column; NF-E310 folds or repeats that cannot be.
        ColumnError: NF-E205 when a class has fewer rows than folds.
    """
    scheme, why = _scheme(target, wishes)
    lacking = min((each.target_missing for each in peek.several.values()), default=peek.target_missing)
    rows = round((peek.rows - (lacking if target.choices else peek.target_missing)) * (1 - holdout))
    smallest = _smallest(target, holdout) if scheme in {"stratified", "repeated"} and target.classes else rows
    folds, said = _folds(rows, smallest, wishes)
    repeats = _repeats(scheme, rows, wishes)
    why = f"{why}; {said}" + (f", {repeats} times" if repeats > 1 else "")
    return Validation(scheme, folds, repeats, why, _gap(peek, scheme), wishes.folds is None and scheme != "time")


def _gap(peek: Peek, scheme: str) -> float:
    """What rows of forecasts look ahead."""
    folding = peek.folding
    return 0.0 if folding is None or scheme != "time" else folding.horizon * folding.every


def _scheme(target: Target, wishes: Wishes) -> tuple[str, str]:
    if wishes.group and wishes.time:
        hint = "leave one of them out"
        raise WishError("NF-E309", "rows are kept together by group or in order by time, not both", hint=hint)
    if wishes.validation is not None:
        return _asked(target, wishes)
    if wishes.group:
        return "group", f'rows of one "{wishes.group}" stay together'
    if wishes.time:
        return "time", f'each fold is judged on rows later by "{wishes.time}" than those it learns from{_aside(wishes)}'
    return ("stratified", "each fold has all classes") if target.classes else ("kfold", "rows are drawn at random")


def _asked(target: Target, wishes: Wishes) -> tuple[str, str]:
    scheme = str(wishes.validation)
    if scheme not in SCHEMES:
        close = nearest(scheme, SCHEMES)
        hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(SCHEMES)}"
        raise WishError("NF-E309", f'there is no validation "{scheme}"', hint=hint, suggestions=close)
    column = {"group": wishes.group, "time": wishes.time}.get(scheme, "")
    if column is None:
        raise WishError("NF-E309", f"validation by {scheme} needs a column", hint=f"add --{scheme} COLUMN")
    if scheme == "stratified" and not target.classes:
        raise WishError("NF-E309", "stratified folds need classes, and the target is a number", hint="say kfold")
    return scheme, "as you said" + (_aside(wishes) if scheme == "time" else "")


def _aside(wishes: Wishes) -> str:
    """The time column may hold what repeats (hours, weekdays), but is kept out unless asked for: who asks must know."""
    return "" if wishes.time in wishes.keep else f'; "{wishes.time}" itself is not learned from without --keep'


def _smallest(target: Target, holdout: float) -> int:
    """Rows of the smallest class that is large enough to be folded, after sealing."""
    left = [count - max(1, round(count * holdout)) for count in target.counts]
    return min((count for count in left if count >= 2), default=2)


def _folds(rows: int, smallest: int, wishes: Wishes) -> tuple[int, str]:
    if wishes.folds is None:
        usual = 3 if rows > _LARGE else 5
        folds = max(2, min(usual, smallest))
        return folds, f"{folds} folds" + (", as the smallest class has no more rows" if folds < usual else "")
    if not 2 <= wishes.folds <= _MOST_FOLDS:
        message = f"folds must lie between 2 and {_MOST_FOLDS}, not at {wishes.folds}"
        raise WishError("NF-E310", message, hint="for example --folds 5")
    if wishes.folds > smallest:
        message = f"{wishes.folds} folds need as many rows of each class; the smallest leaves {smallest} to learn from"
        raise ColumnError("NF-E205", message, hint=f"ask for --folds {max(2, smallest)} or fewer")
    return wishes.folds, f"{wishes.folds} folds"


def _repeats(scheme: str, rows: int, wishes: Wishes) -> int:
    if wishes.repeats is not None:
        if not 1 <= wishes.repeats <= _MOST_FOLDS:
            message = f"repeats must lie between 1 and {_MOST_FOLDS}, not at {wishes.repeats}"
            raise WishError("NF-E310", message, hint="for example --repeats 3")
        return wishes.repeats
    if scheme == "repeated":
        return 3
    return 2 if rows < _SMALL and scheme in {"stratified", "kfold"} else 1
