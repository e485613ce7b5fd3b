"""Views of windows that are forecast from."""

from __future__ import annotations

from collections.abc import Mapping

from ninefold.core.recipe import Branch, Preparation, Recipe, StepSpec
from ninefold_runtime.schema import Kind

PREPARE, FEATURES = "ninefold.prepare.steps", "ninefold.features.steps"


def forecast_recipes(
    columns: Mapping[Kind, tuple[str, ...]], season: int, preparation: Preparation, how: str
) -> tuple[Recipe, ...]:
    """``columns`` by kind; the windows as lags in every view, for trees beside codes, for linear models scaled."""
    lags = (columns["series"], (StepSpec(FEATURES, "lags", {"season": season}),))
    finite, scale = StepSpec(PREPARE, "finite"), StepSpec(FEATURES, "scale", {"how": how})
    calendar = StepSpec(FEATURES, "date_parts", {"passing": False})
    trees = (
        lags,
        (columns["number"], (finite,)),
        (columns["category"], (StepSpec(FEATURES, "ordinal"),)),
        (columns["datetime"], (calendar,)),
    )
    linear = (
        lags,
        (columns["number"], (finite, *preparation.complete, scale)),
        (columns["category"], (StepSpec(FEATURES, "one_hot"),)),
        (columns["datetime"], (calendar, *preparation.complete, scale)),
    )
    views = {"plain": trees, "encoded": trees, "scaled": linear, "series": (lags,)}
    return tuple(
        Recipe(view, tuple(Branch(names, steps) for names, steps in branches if names))
        for view, branches in views.items()
    )
