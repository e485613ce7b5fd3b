"""What stands beside predictions when a level is asked for: intervals of values, sets of classes."""

from __future__ import annotations

from ninefold_runtime.conformal import Conformal
from ninefold_runtime.errors import TableError
from ninefold_runtime.model import Array, Predictions


def beside(made: Predictions, promise: Conformal | None, level: float) -> dict[str, list[float] | list[list[str]]]:
    """One entry per row and name: ``low`` and ``high`` (of several targets ``low:<name>``, ``high:<name>``), or
    ``set``, the classes in the order of their probabilities.

    Raises:
        TableError: NF-R211 when the bundle has none of this level.
    """
    if promise is None:
        hint = "quantiles are intervals already, and texts, clusters, anomalies and mixed targets have none; of other "
        hint += "values and of classes, make the bundle again"
        raise TableError("NF-R211", "this bundle carries no intervals or sets", hint=hint)
    if promise.score is not None:
        assert made.probabilities is not None
        held = promise.sets(made.probabilities, level)
        order = (-made.probabilities).argsort(axis=1, kind="stable")
        return {"set": [[made.classes[k] for k in ranks if row[k]] for row, ranks in zip(held, order, strict=True)]}
    low, high = _intervals(made, promise, level)
    if not made.parts:
        return {"low": low.tolist(), "high": high.tolist()}
    ends = {"low": low, "high": high}
    return {f"{end}:{part}": ends[end][:, p].tolist() for p, part in enumerate(made.parts) for end in ends}


def _intervals(made: Predictions, promise: Conformal, level: float) -> tuple[Array, Array]:
    """Of forecasts the errors are known in units of each row's own spread."""
    if made.scaled is None or made.spread is None:
        return promise.intervals(made.predictions, level)
    ends = promise.intervals(made.scaled, level)
    low, high = (made.predictions + (end - made.scaled) * made.spread[:, None] for end in ends)
    return low, high
