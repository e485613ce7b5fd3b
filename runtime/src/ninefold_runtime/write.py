"""Predictions as CSV: one line per row, in order; ``prediction``, then ``probability:<class>`` for each class, or
``score`` of anomalies.

Of several targets or quantiles: ``prediction:<name>`` for each, then for labels ``probability:<name>``, that of yes.
"""

from __future__ import annotations

import csv
import io

from ninefold_runtime.model import Predictions


def as_csv(made: Predictions) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    labels = (made.predictions if made.parts else made.predictions[:, None]).tolist()
    lines.writerow(_headings(made))
    beside = made.probabilities if made.scores is None else made.scores[:, None]
    if beside is None:
        lines.writerows(labels)
    else:
        rows = zip(labels, beside.tolist(), strict=True)
        lines.writerows([*decided, *shares] for decided, shares in rows)
    return text.getvalue()


def _headings(made: Predictions) -> list[str]:
    decided = [f"prediction:{name}" for name in made.parts] or ["prediction"]
    if made.scores is not None:
        return [*decided, "score"]
    shares = [] if made.probabilities is None else made.parts or made.classes
    return [*decided, *(f"probability:{name}" for name in shares)]
