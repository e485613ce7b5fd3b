"""Rows that a contender has learned from: a score on them is a memory, not a judgement.

Where the run is at hand, its training rows are compared with the rows given, in all columns that both have. Equal rows
are the same row where the table is the very one that the run was made from, or where nearly all of its rows differ;
among few possible rows equal ones are chance, and nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.compare.contender import Contender, Table
from ninefold.core.table import Array, target_columns
from ninefold_runtime import wire
from ninefold_runtime.schema import Schema, Target

DISTINCT = 0.95
"""Share of different training rows from which on equal rows are taken for the same row."""


@dataclass(frozen=True)
class Seen:
    """``rows`` [N]: equal to a row that was learned from. ``certain``: they are that row."""

    rows: NDArray[np.bool_]
    certain: bool


def seen(contender: Contender, table: Table, y: Array, target: Target, digest: str) -> Seen | None:
    """Which rows with truth ``y`` (in the terms of ``target``) it learned from; None where its run is not at hand."""
    dataset = contender.dataset
    if dataset is None:
        return None
    columns = tuple(column for column in dataset.columns if column.name in table)
    schema = Schema(columns=columns, target=contender.schema.target)
    given = _hashes(dict(wire.from_columns(schema, table, len(y)).arrays), y)
    known = {column.name: dataset.rows.columns[column.name] for column in columns}
    learned = _hashes(known, _in_terms(contender.schema.target, target, dataset.rows.target))
    certain = dataset.digest == digest or len(np.unique(learned)) >= DISTINCT * len(learned)
    return Seen(_among(given, learned), certain)


def _in_terms(own: Target, target: Target, y: Array) -> Array:
    """Training targets as `terms.truth_of` gives them."""
    if own.several:
        return np.asarray(y[:, [own.several.index(name) for name in target.several]])
    if not own.classes:
        return y
    return np.array([target.classes.index(label) for label in own.classes])[y]


def _hashes(columns: dict[str, Array], y: Array) -> Array:
    """A number per row, [N], the same for equal rows of the same columns."""
    import polars as pl

    named = {
        f"c{i}": values.tolist() if values.dtype == object else values for i, values in enumerate(columns.values())
    }
    return pl.DataFrame(named | target_columns(y.astype(np.float64))).hash_rows().to_numpy()


def _among(given: Array, learned: Array) -> NDArray[np.bool_]:
    """Rows that equal a learned one, but no more of each than were learned: of copies the others were not."""
    different, where = np.unique(given, return_inverse=True)
    known, counts = np.unique(learned, return_counts=True)
    place = np.minimum(np.searchsorted(known, different), len(known) - 1)
    copies = np.where(known[place] == different, counts[place], 0)
    order = np.argsort(where, kind="stable")
    starts = np.searchsorted(where[order], np.arange(len(different)))
    nth = np.empty(len(given), np.int64)
    nth[order] = np.arange(len(given)) - starts[where[order]]
    return np.asarray(nth < copies[where])
