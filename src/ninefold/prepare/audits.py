"""Columns that must not be learned from, or need not be: ids, constants, gaps, copies of the target, repeats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.recipe import Audit
from ninefold.core.table import Array, Dataset
from ninefold.core.tasks import base_of
from ninefold.prepare.strength import strengths

EMPTY = 0.95
"""Columns with a larger share of missing values are left out, unless having a value says something."""
COPY = 0.995
SUSPECT, SHARE = 0.96, 0.15
"""A column whose AUC alone reaches SUSPECT, and which leaves open at most SHARE of what the next best leaves open, was
probably filled in after the event. Values are not suspected: one honest column often explains nearly all of them."""
INFORMATIVE = 0.6
"""Where no other column reaches this AUC, one column that tells everything is what simple tables look like."""


def audit(problem: Problem, dataset: Dataset, rng: np.random.Generator) -> list[Audit]:
    """Everything left out, in the order found; ``Problem.keep`` overrules, ``Problem.drop`` adds."""
    aside = tuple(dict.fromkeys((*problem.drop, *problem.only_judged)))
    wished = [Audit(name, "NF300", _aside(name, problem)) for name in aside if name in dataset.names]
    plain = [*wished, *_useless(dataset)]
    gone = {audit.column for audit in plain} - set(problem.keep)
    columns = {name: dataset.rows.columns[name] for name in dataset.names if name not in gone}
    alone = _strongest(columns, problem, dataset.rows.target, rng)
    leaks = list(_leaks(problem, alone))
    gone |= {audit.column for audit in leaks}
    rest = {name: values for name, values in columns.items() if name not in gone}
    found = [*plain, *leaks, *_sparse(dataset, rest, alone, problem), *_repeats(rest)]
    return [audit for audit in found if audit.column not in problem.keep]


def _aside(name: str, problem: Problem) -> str:
    asked = "you asked to leave it out" if name in problem.drop else "it has another part to play"
    return f"{asked}; only groups are compared by it" if name in problem.only_judged else asked


def _strongest(
    columns: dict[str, Array], problem: Problem, target: Array, rng: np.random.Generator
) -> dict[str, float]:
    """`strengths`; of several targets, for the one that each column tells best; 0 where there is no target."""
    if problem.untargeted:
        return dict.fromkeys(columns, 0.0)
    task = base_of(problem.task)
    if target.ndim == 1:
        return strengths(columns, target, task, problem.outputs, rng)
    found = [strengths(columns, each, task, 2, rng) for each in target.T]
    return {name: max(one[name] for one in found) for name in columns}


def _useless(dataset: Dataset) -> Iterator[Audit]:
    for column in dataset.columns:
        if column.kind == "constant":
            yield Audit(column.name, "NF301", column.why or "it has one value")
        elif column.kind == "id":
            yield Audit(column.name, "NF302", column.why or "it names the row")


def _leaks(problem: Problem, alone: dict[str, float]) -> Iterator[Audit]:
    name = "R²" if base_of(problem.task) == "regression" else "AUC"
    ranked = sorted(alone, key=lambda column: -alone[column])
    honest = [column for column in ranked if alone[column] < SUSPECT]
    if not honest:
        return
    ahead = 1 - alone[honest[0]]
    for column in ranked:
        left = 1 - alone[column]
        if alone[column] >= COPY:
            yield Audit(
                column,
                "NF303",
                f"it repeats {'a' if problem.several else 'the'} target (alone: {name} {alone[column]:.3f})",
            )
        elif problem.classes and alone[column] >= SUSPECT and left < SHARE * ahead and ahead < 1 - INFORMATIVE:
            yield Audit(column, "NF304", f"it tells the answer (alone: {name} {alone[column]:.3f})")


def _sparse(dataset: Dataset, columns: dict[str, Array], alone: dict[str, float], problem: Problem) -> Iterator[Audit]:
    nothing = 0.01 if base_of(problem.task) == "regression" else 0.52
    for name in columns:
        share = dataset.column(name).missing
        if share > EMPTY and alone[name] < nothing:
            yield Audit(name, "NF305", f"{share:.0%} of its values are missing, and having one says nothing")


def _repeats(columns: dict[str, Array]) -> Iterator[Audit]:
    """Columns that say the same as an earlier one under other names (a one-to-one recoding of its values)."""
    seen: dict[bytes, str] = {}
    for name, values in columns.items():
        print_ = _fingerprint(values)
        if print_ in seen:
            yield Audit(name, "NF306", f"it repeats {seen[print_]}")
        else:
            seen[print_] = name


def _fingerprint(values: Array) -> bytes:
    """Equal for columns that say the same: few values renamed, or many numbers shifted and stretched."""
    said = _said(values)
    return hashlib.sha256(said.data).digest() + said.dtype.kind.encode()


def _said(values: Array) -> Array:
    """What `_fingerprint` compares, in one piece of memory."""
    if values.dtype.kind == "O":
        return _said_in_words(values)
    _, first, code = np.unique(values, return_index=True, return_inverse=True)
    if len(first) > len(values) // 2:
        return _standardised(values) if values.dtype.kind == "f" else values.copy()
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(order[code])


def _said_in_words(values: Array) -> Array:
    """The place of each value in the order of first appearance; the values themselves where most differ."""
    cells = values.tolist()
    places = {value: place for place, value in enumerate(dict.fromkeys(cells))}
    if len(places) <= len(cells) // 2:
        return np.array([places[cell] for cell in cells], np.int64)
    return np.frombuffer("\0".join(cells).encode(), np.uint8)


def _standardised(values: Array) -> Array:
    centre, spread = np.nanmean(values), np.nanstd(values)
    rounded: Array = np.round((values - centre) / (spread or 1.0), 9) + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(rounded), np.inf, rounded)
