"""Which metric the search goes by, and why."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.errors import WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target
from ninefold_runtime.schema import Task

PACKAGE = "ninefold.metrics"
IMBALANCED = 0.2
_HEAVY = 10.0
_WITHOUT_TARGET: dict[Task, tuple[str, str]] = {
    "clustering": ("silhouette", "it needs no truth: near to the own cluster, far from the next"),
    "anomaly": ("rank_correlation", "without a truth, detectors and fits can be compared with each other alone"),
}
"""Name and reason of what a task without a target goes by."""


def metric_of(target: Target, wishes: Wishes, peek: Peek) -> tuple[str, str, tuple[str, ...]]:
    """Name of a part of `ninefold.metrics`, the reason, and notes.

    Raises:
        WishError: NF-E301 no such metric, NF-E307 a metric for another task.
    """
    if wishes.metric is None:
        return *_chosen(target, peek), ()
    part = parts.find(PACKAGE, wishes.metric)
    if target.task in _WITHOUT_TARGET and wishes.metric != (only := _WITHOUT_TARGET[target.task][0]):
        raise WishError("NF-E307", f"{target.task} goes by {only}", hint="leave --metric out; the others are shown too")
    if target.task not in part.solves:
        fitting = [name for name in parts.names(PACKAGE) if target.task in parts.find(PACKAGE, name).solves]
        close = nearest(wishes.metric, fitting)
        message = f"{part.title} does not measure {target.task}"
        raise WishError("NF-E307", message, hint=f"choose from: {', '.join(fitting)}", suggestions=close)
    return wishes.metric, "as you said", _danger(target, wishes.metric)


def _chosen(target: Target, peek: Peek) -> tuple[str, str]:
    if target.task in _WITHOUT_TARGET:
        return _WITHOUT_TARGET[target.task]
    if target.task == "regression":
        return "rmse", "the usual loss for numbers: large errors weigh most" + _tail(peek)
    if target.task == "multiclass":
        return "log_loss", "it judges the probabilities of all classes at once"
    share = rarest(target)
    if share < IMBALANCED:
        why = f"only {100 * share:.3g} % of rows are the rarer class, which accuracy and ROC AUC would hide"
        return "average_precision", why
    return "roc_auc", f"the classes are balanced enough ({100 * share:.3g} % are the rarer one); no threshold is needed"


def rarest(target: Target) -> float:
    """Share of the rarest class."""
    return min(target.counts) / sum(target.counts)


def _tail(peek: Peek) -> str:
    """A maximum far above the quartiles makes squared errors speak of a few rows."""
    _, low, middle, high, most = peek.target_numbers
    if high > low and most - middle > _HEAVY * (high - low):
        return "; the largest targets lie far out, so mae would be steadier"
    return ""


def _danger(target: Target, metric: str) -> tuple[str, ...]:
    if metric != "accuracy" or rarest(target) >= 1 / len(target.classes) / 2:
        return ()
    most = 100 * max(target.counts) / sum(target.counts)
    return (f"accuracy misleads here: always saying the most frequent class already scores {most:.3g} %",)
