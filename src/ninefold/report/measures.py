"""What a run measured, for tools that gather numbers: ``metrics.json`` and one CSV file for each curve."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ninefold.core import book
from ninefold.core.results import Curve, Evaluation, Score
from ninefold_runtime.files import write_whole

METRICS, CURVES = "metrics.json", "curves"
AXES = {"roc": ("false_positive_rate", "true_positive_rate"), "precision-recall": ("recall", "precision")}
RESIDUALS = ("predicted", "residual")
"""What x and y of a curve are called: of those that rank, by name; of quantiles of the residual."""


def write_measures(folder: Path) -> None:
    """Write ``metrics.json`` and ``curves/`` of a run that has come as far as evaluation.

    Raises:
        RunError: when it has not.
    """
    evaluation = book.read_noun(folder, book.STAGES.index("evaluate") + 1, Evaluation)
    (folder / CURVES).mkdir(exist_ok=True)
    for curve in evaluation.curves:
        write_whole(folder / CURVES / curve_name(curve), as_csv(curve).encode())
    write_whole(folder / METRICS, msgspec.json.format(msgspec.json.encode(metrics(evaluation))) + b"\n")


def metrics(evaluation: Evaluation) -> dict[str, float | dict[str, float]]:
    """Every score on the sealed rows by its name, with the bounds of its interval and the baseline where it has one.

    Scores that are no finite number are left out: tools that gather numbers refuse them.
    """
    told: dict[str, float | dict[str, float]] = {score.metric: _finite(_numbers(score)) for score in evaluation.scores}
    return {name: numbers for name, numbers in told.items() if numbers} | {"rows": evaluation.rows}


def _numbers(score: Score) -> dict[str, float | None]:
    return {"value": score.value, "low": score.low, "high": score.high, "baseline": score.baseline}


def _finite(numbers: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if value is not None and abs(value) < float("inf")}


def curve_name(curve: Curve) -> str:
    """The name of a curve's file."""
    return f"{curve.name.replace(' %', '').replace(' ', '-')}.csv"


def axes(curve: Curve) -> tuple[str, str]:
    """What its x and y are called."""
    return AXES.get(curve.name, RESIDUALS)


def as_csv(curve: Curve) -> str:
    """Its points under the names of the axes."""
    points = (f"{x!r},{y!r}\n" for x, y in zip(curve.x, curve.y, strict=True))
    return "".join((",".join(axes(curve)) + "\n", *points))
