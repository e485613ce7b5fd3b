"""Are the values of the target pieces of another column's texts? Then they may be answers, and the texts passages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ninefold.collect.values import texts
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    from polars import DataFrame

LOOKED_AT = 1_000
"""Rows that are looked at, from the first on."""
LONGER = 3
"""Times as long as the answers texts must be, on average, to be passages."""


def within(frame: DataFrame, target: str, columns: Iterable[Column]) -> dict[str, float]:
    """By column of texts, the share of the target's values that its text in the same row has, whatever their case."""
    looked = frame.head(LOOKED_AT)
    answers = texts(looked[target])
    filled = answers != ""
    answers = answers.filter(filled).str.to_lowercase()
    found = {}
    for column in columns:
        if column.wire != "text" or column.name == target or not len(answers):
            continue
        passages = texts(looked[column.name]).filter(filled).str.to_lowercase()
        if _length(passages) >= LONGER * _length(answers):
            found[column.name] = float(passages.str.contains(answers, literal=True).mean())  # type: ignore[arg-type]
    return {name: share for name, share in found.items() if share}


def _length(values: object) -> float:
    return float(values.str.len_chars().mean() or 0.0)  # type: ignore[attr-defined]
