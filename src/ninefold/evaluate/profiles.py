"""Clusters in words: how large each is, and what sets its rows apart from the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.results import Cluster
from ninefold.core.table import Array, Rows
from ninefold.core.words import cell
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

TOLD = 3
"""What is most unusual, and no more."""
APART = 0.5
"""Standard deviations between the means inside and outside from which on a number is called high or low."""
FAR = 1.5
"""From here on it is called very high or very low."""
SHARE = 0.2
"""Difference of a value's share inside and outside from which on it is told."""
LEVELS = 50


def profiles(columns: tuple[Column, ...], rows: Rows, codes: Array, names: tuple[str, ...]) -> tuple[Cluster, ...]:
    """One for each cluster that has rows; ``codes`` [N] are positions in ``names``."""
    found = []
    for code, name in enumerate(names):
        inside = codes == code
        if inside.any():
            told = sorted(_unusual(columns, rows, inside), key=lambda pair: -pair[0])[:TOLD]
            words = "; ".join(text for _, text in told) or ("like the others" if not inside.all() else "all rows")
            found.append(Cluster(name, int(inside.sum()), float(inside.mean()), words))
    return tuple(found)


def _unusual(columns: tuple[Column, ...], rows: Rows, inside: Array) -> Iterator[tuple[float, str]]:
    """How unusual, in comparable units, and the words for it."""
    if inside.all():
        return
    for column in columns:
        values = rows.columns[column.name]
        if column.kind == "number":
            yield from _number(column.name, values, inside)
        elif column.kind == "boolean":
            yield from _share(column.name, np.where(values > 0.5, "yes", "no").astype(object), inside, absent(values))
        elif column.kind in ("category", "id", "constant"):
            yield from _share(column.name, values, inside, absent(values))


def _number(name: str, values: Array, inside: Array) -> Iterator[tuple[float, str]]:
    known = np.isfinite(values)
    own, others = values[known & inside], values[known & ~inside]
    spread = float(values[known].std()) if known.any() else 0.0
    if not len(own) or not len(others) or not spread:
        return
    apart = float(own.mean() - others.mean()) / spread
    if abs(apart) >= APART:
        word = ("very " if abs(apart) >= FAR else "") + ("high" if apart > 0 else "low")
        yield abs(apart), f"{word} {name} ({_mean(own)}, others {_mean(others)})"


def _mean(values: Array) -> str:
    """The mean with three digits that tell, all of them where it is large."""
    mean = float(values.mean())
    return (cell(round(mean)) if abs(mean) >= 1000 else f"{mean:.3g}").replace("-", "−")


def _share(name: str, values: Array, inside: Array, missing: Array) -> Iterator[tuple[float, str]]:
    """The value whose share inside exceeds that outside the most."""
    own, others = values[inside & ~missing], values[~inside & ~missing]
    if not len(own) or not len(others):
        return
    levels, counts = np.unique(own.astype(str), return_counts=True)
    top = np.argsort(-counts, kind="stable")[:LEVELS]
    here = counts[top] / len(own)
    there = np.array([float((others == level).mean()) for level in levels[top]])
    best = int(np.argmax(here - there))
    if here[best] - there[best] >= SHARE:
        word = "mostly" if here[best] >= 0.5 else "often"
        # A difference of shares of 0.5 weighs like a number that is one standard deviation apart.
        size = 2 * float(here[best] - there[best])
        yield size, f"{word} {name} {levels[top][best]} ({here[best]:.0%}, others {there[best]:.0%})"
