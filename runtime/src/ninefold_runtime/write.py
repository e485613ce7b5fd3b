"""Predictions as CSV: one line per row, in order; ``prediction``, then ``probability:<class>`` for each class,
or ``score`` of anomalies."""

from __future__ import annotations

import csv
import io

from ninefold_runtime.model import Predictions


def as_csv(made: Predictions) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    labels = made.predictions.tolist()
    if made.scores is not None:
        lines.writerow(["prediction", "score"])
        lines.writerows(zip(labels, made.scores.tolist(), strict=True))
        return text.getvalue()
    lines.writerow(["prediction", *(f"probability:{name}" for name in made.classes)])
    if made.probabilities is None:
        lines.writerows([label] for label in labels)
    else:
        rows = zip(labels, made.probabilities.tolist(), strict=True)
        lines.writerows([label, *probabilities] for label, probabilities in rows)
    return text.getvalue()
