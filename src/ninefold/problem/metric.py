"""Which metric the search goes by, and why."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.errors import WishError, nearest
from ninefold.core.problem import Peek, Wishes
from ninefold.problem.target import Target
from ninefold_runtime.schema import UNTARGETED, Task

PACKAGE = "ninefold.metrics"
IMBALANCED = 0.2
_HEAVY = 10.0
_USUAL: dict[Task, tuple[str, str]] = {
    "multiclass": ("log_loss", "it judges the probabilities of all classes at once"),
    "ordinal": ("quadratic_kappa", "classes have an order, so a miss by two ranks is worse than two misses by one"),
    "count": ("poisson_deviance", "the usual loss for counts, whose spread grows with their mean"),
    "quantile": ("mean_pinball", "it is least where each quantile has its share of values below it"),
    "multioutput": ("relative_rmse", "the usual loss for numbers, each target in units of its own spread"),
    "multitask": (
        "relative_loss",
        "each target in units of what knowing nothing costs; a mean over the targets",
    ),
    "forecast": (
        "mase",
        "errors in units of those of the seasonal naive forecast, so that series of any size count alike",
    ),
    "clustering": ("silhouette", "it needs no truth: near to the own cluster, far from the next"),
    "translation": ("bleu", "the usual measure of translations: words and runs of words that the reference has too"),
    "language-model": (
        "bits_per_character",
        "it compares models whatever their tokens are: surprise by each character",
    ),
    "question-answering": ("token_f1", "the usual measure of answers: words that answer and reference share"),
    "anomaly": ("rank_correlation", "without a truth, detectors and fits can be compared with each other alone"),
}
"""Name and reason of what a task goes by; a task without a target goes by nothing else."""


def metric_of(target: Target, wishes: Wishes, peek: Peek) -> tuple[str, str, tuple[str, ...]]:
    """Name of a part of `ninefold.metrics`, the reason, and notes.

    Raises:
        WishError: NF-E301 no such metric, NF-E307 a metric for another task.
    """
    if wishes.metric is None:
        return *_chosen(target, peek), ()
    part = parts.find(PACKAGE, wishes.metric)
    if target.task in UNTARGETED and wishes.metric != (only := _USUAL[target.task][0]):
        raise WishError("NF-E307", f"{target.task} goes by {only}", hint="leave --metric out; the others are shown too")
    if target.task not in part.solves:
        fitting = [name for name in parts.names(PACKAGE) if target.task in parts.find(PACKAGE, name).solves]
        close = nearest(wishes.metric, fitting)
        message = f"{part.title} does not measure {target.task}"
        raise WishError("NF-E307", message, hint=f"choose from: {', '.join(fitting)}", suggestions=close)
    return wishes.metric, "as you said", _danger(target, wishes.metric)


def _chosen(target: Target, peek: Peek) -> tuple[str, str]:
    if target.task in _USUAL:
        return _USUAL[target.task]
    if target.task == "multilabel":
        return _for_labels(peek)
    if target.task == "regression":
        return "rmse", "the usual loss for numbers: large errors weigh most" + _tail(peek)
    share = rarest(target)
    if share < IMBALANCED:
        why = f"only {100 * share:.3g} % of rows are the rarer class, which accuracy and ROC AUC would hide"
        return "average_precision", why
    return "roc_auc", f"the classes are balanced enough ({100 * share:.3g} % are the rarer one); no threshold is needed"


def _for_labels(peek: Peek) -> tuple[str, str]:
    shares = {name: min(c.target_counts.values()) / sum(c.target_counts.values()) for name, c in peek.several.items()}
    rare = min(shares, key=shares.__getitem__)
    if shares[rare] < IMBALANCED:
        why = f'"{rare}" has only {100 * shares[rare]:.3g} % of one value, which ROC AUC would hide'
        return "average_precision", f"{why}; a mean over the targets"
    return "roc_auc", "no target is imbalanced, and no threshold is needed; a mean over the targets"


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
    if metric != "accuracy" or not target.counts or rarest(target) >= 1 / len(target.classes) / 2:
        return ()
    most = 100 * max(target.counts) / sum(target.counts)
    return (f"accuracy misleads here: always saying the most frequent class already scores {most:.3g} %",)
