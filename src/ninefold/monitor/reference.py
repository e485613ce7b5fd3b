"""What the monitor needs besides sketches: how right the model was, what matters to it, and who is in a group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Model
from ninefold.core.table import Array, Dataset
from ninefold.fairness.groups import Grouping, grouping_of
from ninefold_runtime.aspects import aspects
from ninefold_runtime.monitor import measures, outcomes
from ninefold_runtime.monitor.outcomes import Outcomes
from ninefold_runtime.performance import Calibrated, Errors, Performance, calibrated, errors, levelled
from ninefold_runtime.schema import Schema, Target, Task
from ninefold_runtime.sketch import Grouped, Sketches, sketch_columns

LEAST_IN_GROUP = 200
MOST_COLUMNS = 50
"""Wider tables have no references of groups: they would weigh more than the rest of the bundle."""
FEW_LEVELS, OTHERS = 8, 2
"""Besides the sensitive columns, so many inputs of so few levels, the most important first, make groups."""


ESTIMATED: tuple[Task, ...] = ("binary", "multiclass", "ordinal", "regression", "count")
"""Tasks of one label or value, which counts can tell the scores of."""


def performance(target: Target, dataset: Dataset, model: Model, evaluation: Evaluation) -> Performance | None:
    """From the out-of-fold predictions of the training rows; None where there are none, or the task has no scores."""
    if model.out_of_fold is None or target.task not in ESTIMATED:
        return None
    whole: Array = np.load(model.out_of_fold, allow_pickle=False)
    validated = np.asarray(np.isfinite(whole).all(axis=1))
    if not validated.any():
        return None
    predicted, truth = whole[validated], dataset.rows.target[validated]
    sealed = {score.metric: score.value for score in evaluation.scores if score.metric in measures.HIGHER_IS_BETTER}
    if not target.classes:
        spread = errors(predicted[:, 0], truth)
        if "mae" in sealed:
            off = float(np.abs(truth - predicted[:, 0]).mean())
            spread = levelled(spread, off, sealed["mae"], evaluation.rows)
        return _made(target, outcomes.of_values(spread, predicted[:, 0], truth), sealed, spread=spread)
    names = np.array(target.classes)
    asked = predicted, names[_said(target, predicted, _thresholds(dataset, model, validated))], names[truth.astype(int)]
    questions = outcomes.questions(target, *asked)
    known = tuple(calibrated(chance, yes) for chance, _, yes in questions if yes is not None)
    return _made(target, outcomes.of_classes(target, *asked), sealed, known=known)


def _made(
    target: Target,
    counts: Outcomes,
    sealed: dict[str, float],
    known: tuple[Calibrated, ...] = (),
    spread: Errors | None = None,
) -> Performance:
    found = measures.measured(target, counts) if spread is None else measures.expected(spread)
    scores = {score.metric: round(score.value, 6) for score in found}
    return Performance(
        rows=counts.rows, wrong=counts.wrong, scores=scores, sealed=sealed, questions=known, errors=spread
    )


def _said(target: Target, predicted: Array, threshold: Array | float | None) -> Array:
    """The codes of the labels that the graph would give."""
    if threshold is None or target.positive is None:
        return np.asarray(predicted.argmax(axis=1))
    positive = target.classes.index(target.positive)
    return np.where(predicted[:, positive] >= threshold, positive, 1 - positive)


def _thresholds(dataset: Dataset, model: Model, validated: Array) -> Array | float | None:
    """The threshold of all rows, or of each that was validated, [M], where groups have thresholds of their own."""
    own = model.group_thresholds
    if own is None:
        return model.threshold
    values = dataset.rows.columns[own.column]
    grouping = grouping_of(dataset.column(own.column), values)
    assert isinstance(grouping, Grouping)
    return np.array([own.thresholds[name] for name in grouping.names])[grouping.codes(values[validated])]


def weights(schema: Schema, evaluation: Evaluation) -> dict[str, float]:
    """What each column adds to the answers (Shapley values, else importance by shuffling), as shares of the whole; the
    aspects of an image have equal parts of its own."""
    if evaluation.explained is not None:
        found = {share.column: share.mean for share in evaluation.explained.shares}
    else:
        found = {each.column: max(each.drop, 0.0) for each in evaluation.importances}
    total = sum(found.get(name, 0.0) for name in schema.names)
    if total <= 0:
        return {}
    shares = {column.name: found.get(column.name, 0.0) / total for column in schema.columns}
    parts = {column.name: aspects(column) for column in schema.columns}
    return {each.name: round(shares[name] / len(made), 4) for name, made in parts.items() for each in made}


def groups(problem: Problem, dataset: Dataset, schema: Schema, shares: dict[str, float]) -> tuple[Grouped, ...]:
    """The references of groups: of the sensitive columns, and of the most important inputs with few levels."""
    if len(schema.columns) > MOST_COLUMNS:
        return ()
    made = (_grouped(dataset, schema, name) for name in _by(problem, dataset, schema, shares))
    return tuple(each for each in made if each is not None)


def _by(problem: Problem, dataset: Dataset, schema: Schema, shares: dict[str, float]) -> Iterator[str]:
    there = set(dataset.rows.columns)
    yield from (name for name in problem.sensitive if name in there)
    few = [
        column.name
        for column in schema.columns
        if column.name not in problem.sensitive
        and (column.kind == "boolean" or (column.kind == "category" and 1 < column.distinct <= FEW_LEVELS))
    ]
    yield from sorted(few, key=lambda name: -shares.get(name, 0.0))[:OTHERS]


def _grouped(dataset: Dataset, schema: Schema, name: str) -> Grouped | None:
    rows, column = dataset.rows, dataset.column(name)
    grouping = grouping_of(column, rows.columns[name])
    if not isinstance(grouping, Grouping):
        return None
    codes = grouping.codes(rows.columns[name])
    parts = {}
    for code, group in enumerate(grouping.names[: grouping.other]):
        inside = codes == code
        if inside.sum() >= LEAST_IN_GROUP:
            columns = sketch_columns(schema, {each: rows.columns[each][inside] for each in schema.names})
            parts[group] = Sketches(rows=int(inside.sum()), columns=columns)
    if len(parts) < 2:
        return None
    return Grouped(column=column, names=grouping.names, levels=grouping.levels, edges=grouping.edges, parts=parts)
