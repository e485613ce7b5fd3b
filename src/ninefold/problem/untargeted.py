"""Wishes that make sense without a target alone: a number of clusters, and a truth to compare with afterwards."""

from __future__ import annotations

from ninefold.core.errors import ColumnError, WishError
from ninefold.core.problem import UNTARGETED, Peek, Wishes
from ninefold.problem.target import Target

MOST_CLUSTERS = 50
MOST_TRUTHS = 200
_ROWS_PER_CLUSTER = 4
"""So that every cluster has a row on either side of each split."""


def truths_of(target: Target, peek: Peek, wishes: Wishes) -> tuple[str, ...]:
    """The values of the column with the true groups, sorted; empty where none was named.

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
