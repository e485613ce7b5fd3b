"""Predictions as CSV: one line per row, in order; ``prediction``, then ``probability:<class>`` for each class, or
``score`` of anomalies, translations and answers; of answers ``start``, ``end`` and ``document`` as well.

Of several targets or quantiles: ``prediction:<name>`` for each, then for labels ``probability:<name>``, that of yes; of
numbers and categories together ``probability:<name>=<class>`` for each class.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ninefold_runtime.model import Predictions


def as_csv(made: Predictions, beside: Mapping[str, Sequence[object]] | None = None) -> str:
    """``beside`` are further columns, one entry per row; a list is written as JSON."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    more = {**made.more, **(beside or {})}
    lines.writerow([*headings(made), *more])
    cells = [[_cell(value) for value in values] for values in more.values()]
    lines.writerows([*row, *extra] for row, extra in zip(_rows(made), _across(cells, len(made)), strict=True))
    return text.getvalue()


def as_columns(made: Predictions) -> dict[str, list[Any]]:
    """The same columns under the same headings, one entry per row."""
    rows = _rows(made)
    return {name: [row[i] for row in rows] for i, name in enumerate(headings(made))}


def _rows(made: Predictions) -> list[list[Any]]:
    labels: list[list[Any]] = (made.predictions if made.parts else made.predictions[:, None]).tolist()
    shares = made.probabilities if made.scores is None else made.scores[:, None]
    if shares is None:
        return labels
    return [[*decided, *row] for decided, row in zip(labels, shares.tolist(), strict=True)]


def _across(columns: list[list[Any]], rows: int) -> list[tuple[Any, ...]]:
    return list(zip(*columns, strict=True)) if columns else [()] * rows


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def headings(made: Predictions) -> list[str]:
    """The columns, predictions first."""
    decided = [f"prediction:{name}" for name in made.parts] or ["prediction"]
    if made.scores is not None:
        return [*decided, "score"]
    shares = () if made.probabilities is None else made.named
    return [*decided, *(f"probability:{name}" for name in shares)]
