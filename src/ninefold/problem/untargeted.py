"""Wishes that make sense without a target alone: a number of clusters, a share of anomalies, a truth to compare to."""

from __future__ import annotations

from ninefold.core.errors import ColumnError, WishError
from ninefold.core.problem import CONTAMINATION, Peek, Wishes
from ninefold.problem.target import Target
from ninefold_runtime.schema import UNTARGETED

MOST_CLUSTERS = 50
MOST_TRUTHS = 200
_ROWS_PER_CLUSTER = 4
"""So that every cluster has a row on either side of each split."""


def truths_of(target: Target, peek: Peek, wishes: Wishes) -> tuple[str, ...]:
    """The values of the column with the true groups, sorted; of anomalies, the most frequent one first. Empty where
    none was named.

    Raises:
        WishError: NF-E319 when there is a target. ColumnError: NF-E213 when the column has no groups.
    """
    if wishes.truth is None:
        return ()
    if target.task not in UNTARGETED:
        raise WishError("NF-E319", "a truth is compared with where there is no target", hint="leave --truth out")
    if not 2 <= peek.target_distinct <= MOST_TRUTHS:
        message = f'--truth: "{wishes.truth}" has {peek.target_distinct:,} different values'
        raise ColumnError("NF-E213", message, hint=f"name a column with 2 to {MOST_TRUTHS} groups")
    if target.task == "anomaly":
        return tuple(sorted(peek.target_counts, key=lambda value: (-peek.target_counts[value], value)))
    return tuple(sorted(peek.target_counts))


def clusters_of(target: Target, peek: Peek, wishes: Wishes) -> int | None:
    """The number of clusters asked for.

    Raises:
        WishError: NF-E321 when clusters are not looked for, or there cannot be so many.
    """
    wanted = wishes.clusters
    if wanted is None:
        return None
    if target.task != "clustering":
        raise WishError("NF-E321", "clusters are made where there is no target", hint="leave --clusters out")
    most = min(MOST_CLUSTERS, peek.rows // _ROWS_PER_CLUSTER)
    if not 1 <= wanted <= most:
        message = f"{peek.rows:,} rows can make 1 to {most} clusters, not {wanted}"
        raise WishError("NF-E321", message, hint="leave --clusters out, and the number is chosen")
    return wanted


def contamination_of(target: Target, wishes: Wishes) -> float:
    """The share of rows to call anomalies.

    Raises:
        WishError: NF-E318 when anomalies are not looked for, or the share is not below one half.
    """
    wanted = wishes.contamination
    if wanted is None:
        return CONTAMINATION
    if target.task != "anomaly":
        hint = "leave --contamination out, or say --task anomaly"
        raise WishError("NF-E318", "a share of anomalies is asked for, and no anomalies are looked for", hint=hint)
    if not 0 < wanted < 0.5:
        message = f"the share of anomalies must lie between 0 and 0.5, not at {wanted}"
        raise WishError("NF-E318", message, hint="for example --contamination 0.02")
    return wanted
